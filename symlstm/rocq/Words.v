(** Limits after single words, which are not what a machine says. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import Reals ZArith QArith Qreals List Lra Lia Bool.
From Symlstm Require Import Definitions Constants Limits Steps Known Machines.
Import ListNotations.
Local Open Scope R_scope.

Section Words.
  Variables (net : network) (os : list (list (nat * constant) * constant)) (delay : nat) (p : promise)
    (words : list nat) (limits_said : list constant).

  Definition numbers : calculus := calculus_of (context_of (atoms net)) (atoms net).

  Definition known_after : list known :=
    fold_left (step (limits numbers (fun _ => true)) net) words (map (fun c => Exact ([], c)) (initial net)).

  Fixpoint exactly_read (terms : list (nat * constant)) (state : list known) : option constant :=
    match terms with
    | [] => Some []
    | (n, c) :: terms =>
        match bound_known (nth n state Unknown), exactly_read terms state with
        | Some x, Some e => if is_exact x then Some (plus (times c (offset x)) e) else None
        | _, _ => None
        end
    end.

  Definition limit_ok (state : list known) (o : list (nat * constant) * constant) (limit : constant) : bool :=
    match exactly_read (fst o) state with Some x => equal (plus (snd o) x) limit | None => false end.

  Definition limits_ok : bool :=
    let state := known_after in
    table_ok (context_of (atoms net)) 0 (atoms net) && shaped net
    && forallb (fun w => (w <? length (vocabulary net))%nat) words && promised p words
    && (1 <=? length words)%nat && (delay <=? length words)%nat
    && all_same (limit_ok state) os limits_said.

  Let A := atom_values (atoms net) [].

  Lemma known_stands : table_ok (context_of (atoms net)) 0 (atoms net) = true ->
    forall ws, stands (means A) (fold_left (step (limits numbers (fun _ => true)) net) ws (map (fun c => Exact ([], c)) (initial net)))
      (fun k => run net k ws).
  Proof.
    intros T ws. pose proof (limits_sound net A numbers (fun _ => true) (calculus_of_ok _ T) (fun _ _ => eq_refl)) as S.
    induction ws as [|w ws IH] using rev_ind.
    - cbn [fold_left]. unfold run. cbn [fold_left]. split; [intros k; now rewrite !map_length|]. intros n x E.
      rewrite nth_error_map in E. destruct (nth_error (initial net) n) as [c|] eqn:N; [|discriminate]. injection E as <-.
      intros k K. rewrite (nth_error_nth (map (number net) (initial net)) n 0 (x := number net c)).
      + unfold line, number. cbn [fst snd value]. fold A. ring.
      + now rewrite nth_error_map, N.
    - rewrite fold_left_app. cbn [fold_left]. pose proof (step_stands net _ _ S _ _ w IH) as H. destruct H as [L H].
      split; [intros k; unfold run; rewrite fold_left_app; apply L|]. intros n x E.
      apply (means_extensional A x (fun k => nth n (step (reals net k) net (run net k ws) w) 0)); [|now apply H].
      intros k. unfold run. now rewrite fold_left_app.
  Qed.

  Lemma read_near : table_ok (context_of (atoms net)) 0 (atoms net) = true -> forall terms x,
    exactly_read terms known_after = Some x -> near (fun k => read net terms (run net k words)) (value A x).
  Proof.
    intros T terms. pose proof (known_stands T words) as [_ S].
    induction terms as [|[n c] terms IH]; cbn [exactly_read read]; intros x; [intros [= <-]; apply near_constant|].
    destruct (bound_known (nth n known_after Unknown)) as [y|] eqn:B; [|discriminate].
    destruct (exactly_read terms known_after) as [e|]; [|discriminate]. destruct (is_exact y) eqn:X; [|discriminate]. intros [= <-].
    rewrite plus_value, (times_value A (atoms_nonzero _ T)). apply near_plus_times; [|now apply IH]. apply (exact_near A); [exact X|].
    assert (N : (n < length known_after)%nat).
    { destruct (Nat.lt_ge_cases n (length known_after)) as [N|N]; [exact N|]. rewrite nth_overflow in B by exact N. discriminate. }
    specialize (S n _ (nth_error_nth' _ Unknown N)). apply bound_means in S. now rewrite B in S.
  Qed.

  Theorem limits_right : limits_ok = true ->
    table_ok (context_of (atoms net)) 0 (atoms net) = true /\ limits_on net os delay p words limits_said.
  Proof.
    unfold limits_ok. cbv zeta. rewrite !andb_true_iff, forallb_forall. intros [[[[[[T _] V] P] N] D] L]. split; [exact T|].
    apply Nat.leb_le in N, D. split; [split; [intros w W; now apply Nat.ltb_lt, V|tauto]|].
    revert L. generalize limits_said. induction os as [|o rest IH]; intros [|c cs]; cbn [all_same]; try discriminate; [constructor|].
    rewrite andb_true_iff. intros [L R]. constructor; [|now apply IH]. unfold limit_ok in L.
    destruct (exactly_read (fst o) known_after) as [x|] eqn:X; [|discriminate]. apply (equal_value A) in L. rewrite plus_value in L.
    pose proof (near_plus_times 1 _ _ _ _ (near_constant (number net (snd o))) (read_near T _ _ X)) as (t & Ti & H).
    unfold output_tends_to. unfold number at 1. fold A. rewrite <- L. apply (tiny_limit _ _ t Ti). intros k K. specialize (H k K).
    unfold output, number in *. fold A in H |- *.
    replace (value A (snd o) + read net (fst o) (run net k words) - (value A (snd o) + value A x))
      with (1 * value A (snd o) + read net (fst o) (run net k words) - (1 * value A (snd o) + value A x)) by ring. exact H.
  Qed.
End Words.

Definition constant_sign (net : network) (c : constant) : option comparison := sign (context_of (atoms net)) c.

Lemma constant_sign_ok net c s : constant_sign net c = Some s -> has_sign s (number net c).
Proof. apply (sign_ok (atoms net)). Qed.

Lemma number_minus net c d : number net (minus c d) = number net c - number net d.
Proof. apply minus_value. Qed.

Definition misdecision_ok net terms delay m a p threshold words limit : bool :=
  limits_ok net [(terms, [])] delay p words [limit] &&
  match constant_sign net (minus limit threshold), says_yes a (said_after m delay words) with
  | Some Eq, _ | Some Lt, true | Some Gt, false => true
  | _, _ => false
  end.

Theorem check_misdecision net terms delay m a p threshold words limit :
  misdecision_ok net terms delay m a p threshold words limit = true -> misdecision net terms delay m a p threshold words limit.
Proof.
  unfold misdecision_ok. rewrite andb_true_iff. intros [L S]. split; [now apply limits_right|].
  destruct (constant_sign net _) as [s|] eqn:E; [|discriminate]. apply constant_sign_ok in E. rewrite number_minus in E.
  destruct s, (says_yes a _); try discriminate; cbn in E; lra.
Qed.

Definition misnumber_ok net o delay m values p words limit : bool :=
  limits_ok net [o] delay p words [limit] &&
  match constant_sign net (minus limit (rational (number_said values (said_after m delay words)))) with
  | Some Lt | Some Gt => true
  | _ => false
  end.

Theorem check_misnumber net o delay m values p words limit :
  misnumber_ok net o delay m values p words limit = true -> misnumber net o delay m values p words limit.
Proof.
  unfold misnumber_ok. rewrite andb_true_iff. intros [L S]. split; [now apply limits_right|].
  destruct (constant_sign net _) as [s|] eqn:E; [|discriminate]. apply constant_sign_ok in E. rewrite number_minus in E.
  unfold number at 2 in E. rewrite rational_value in E. destruct s; try discriminate; cbn in E; lra.
Qed.

Definition mischoice_ok net os delay m choices p words limits : bool :=
  let said := choice_said choices (said_after m delay words) in
  limits_ok net os delay p words limits && (said <? length os)%nat &&
  existsb (fun n => negb (Nat.eqb n said) &&
      match constant_sign net (minus (nth said limits []) (nth n limits [])) with Some Lt | Some Eq => true | _ => false end)
    (seq 0 (length os)).

Theorem check_mischoice net os delay m choices p words limits :
  mischoice_ok net os delay m choices p words limits = true -> mischoice net os delay m choices p words limits.
Proof.
  unfold mischoice_ok, mischoice. cbv zeta. rewrite !andb_true_iff, existsb_exists, Nat.ltb_lt. intros [[L S] (n & N & E)].
  split; [now apply limits_right|]. split; [exact S|]. exists n. apply in_seq in N. apply andb_true_iff in E. destruct E as [E G].
  split; [lia|]. split; [now apply Nat.eqb_neq, negb_true_iff|].
  destruct (constant_sign net _) as [s|] eqn:C; [|discriminate]. apply constant_sign_ok in C. rewrite number_minus in C.
  destruct s; try discriminate; cbn in C; lra.
Qed.
