(** The error of a readout at every length and every scale k >= k0: an invariant with rates and equal coordinates. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import Reals Lra Lia List QArith Qreals ZArith Qminmax.
From Symlstm Require Import Definitions Constants Limits Piecewise Steps Expressions Networks Soundness Rates RatedNetworks.
Import ListNotations.
Local Open Scope R_scope.

(** * Values with a name, if they are a coordinate of the state: those that are equal have the same *)

Definition named : Type := option nat * option rated.

Definition nameless (o : option rated) : named := (None, o).

Definition same_name (x y : named) : bool :=
  match fst x, fst y with Some n, Some m => Nat.eqb n m | _, _ => false end.

Fixpoint insert_named (w : weight) (x : named) (xs : list (weight * named)) : list (weight * named) :=
  match xs with
  | [] => [(w, x)]
  | (v, y) :: xs => if same_name x y then (both w v, y) :: xs else (v, y) :: insert_named w x xs
  end.

Definition collapsed (xs : list (weight * named)) : list (weight * named) :=
  fold_right (fun p => insert_named (fst p) (snd p)) [] xs.

Section Rated.
  Variables (table : list constant) (k0 : Q) (ctx : context) (rc : precise).

  Definition sum_named (x y : named) : named :=
    nameless match snd x, snd y with Some x, Some y => Some (r_add x y) | _, _ => None end.
  Definition product_named (x y : named) : named :=
    nameless match snd x, snd y with Some x, Some y => r_multiply rc x y | _, _ => None end.
  Definition exactly_named (w : weight) : named := nameless (Some (r_exactly (fst w) (snd w))).

  Definition rated_values : arithmetic named :=
    Arithmetic (fun ws xs => affine_by exactly_named sum_named product_named ws (collapsed xs)) sum_named product_named
      (fun x => nameless (Some (r_sigmoid table k0 ctx rc (snd x)))) (fun x => nameless (Some (r_tanh table k0 ctx rc (snd x))))
      (fun x => nameless match snd x with Some x => r_relu k0 ctx rc x | None => None end)
      (fun x => nameless (Some (r_heaviside k0 rc (snd x)))).
End Rated.

Section Checker.
  Variables (net : network) (terms : list (nat * constant)) (k0 : Q) (prf : proof) (rts : rates)
    (ctx : context) (low high : precise).  (* high: for registers, whose bounds are not rounded *)

  Let table := atoms net.
  Let width := length (vocabulary net).

  Definition r_box (q : nat) : list (nat * (constant * error)) := nth q (r_situations rts) [].
  Definition rep (q n : nat) : nat := nth n (nth q (r_equal rts) []) n.

  Fixpoint r_lookup (n : nat) (known : list (nat * (constant * error))) : option rated :=
    match known with
    | [] => None
    | (m, (main, err)) :: known => if Nat.eqb n m then Some (Rated [] main err) else r_lookup n known
    end.

  Definition r_known_at (q n : nat) : option rated := if (n <? length (initial net))%nat then r_lookup n (r_box q) else None.

  Definition r_known_in (q : nat) : list named :=
    map (fun n => (Some (rep q n), r_known_at q (rep q n))) (seq 0 (length (initial net))).

  Definition same_steps (q word p : nat) : bool :=
    let others := filter (fun n => negb (Nat.eqb n (rep p n))) (seq 0 (length (nth p (r_equal rts) []))) in
    match others with
    | [] => true
    | _ =>
        let found := step (expressions (sign ctx)) net (map (fun n => Coordinate (rep q n)) (seq 0 (length (initial net)))) word in
        forallb (fun n => expression_eqb (nth n found nothing) (nth (rep p n) found nothing)) others
    end.

  (** * The invariant *)

  Definition r_inside (o : option rated) (main : constant) (err : error) : bool :=
    match o with
    | None => false
    | Some x =>
        is_zero (r_slope x)
        && (if equal (r_offset x) main then within k0 low (r_error x) err
            else match above low (minus (r_offset x) main) with
                 | Some gap => within k0 low ((0%nat, (0%Q, gap)) :: r_error x) err
                 | None => false
                 end)
    end.

  Definition r_all_inside (state : list named) (q : nat) : bool :=
    forallb (fun e => r_inside (snd (nth (fst e) state (nameless None))) (fst (snd e)) (snd (snd e))) (r_box q).

  Definition start_constant (n : nat) : constant := nth n (initial net) [].

  Definition r_transition_ok (q word : nat) : bool :=
    let p := next_situation prf q word in
    r_all_inside (step (rated_values table k0 ctx low) net (r_known_in q) word) p && same_steps q word p.

  Definition r_invariant_ok : bool :=
    r_all_inside (map (fun c => exactly_named ([], c)) (initial net)) 0
    && forallb (fun n => equal (start_constant n) (start_constant (rep 0 n))) (seq 0 (length (nth 0 (r_equal rts) [])))
    && forallb (fun q => forallb (r_transition_ok q) (seq 0 width)) (seq 0 (length (situations prf))).

  (** * Growth *)

  Definition at_most_1 (x : Q) : bool := Qle_bool x 1.

  Definition growth_step_ok (r i : nat) (g : growth) (q word : nat) : bool :=
    let p := next_situation prf q word in
    let '(a, b) := nth i (move prf q word) ([], []) in
    match nth_error (moves_of_step (rated_values table k0 ctx high) net (r_known_in q) word) r,
      above high a, above high b with
    | Some (Some ((_, Some f), (_, Some inc))), Some fa, Some fb =>
        let us := exponents (g_quadratic g ++ g_linear g) in
        match weakened k0 high us (r_error f), weakened k0 high us (r_error inc) with
        | Some phi, Some delta =>
            is_zero (r_slope f) && equal (r_offset f) a && is_zero (r_slope inc) && equal (r_offset inc) b
            && at_most_1 fa
            && Qle_bool (fa * nth q (g_offset g) 0 + fb)%Q (g_slope g + nth p (g_offset g) 0)%Q
            && nonnegative (minus_error (scaled_error 2 (g_quadratic g)) (scaled_error (g_slope g) phi))
            && nonnegative (minus_error (g_quadratic g ++ g_linear g ++ nth p (g_constant g) [])
                 (nth q (g_constant g) [] ++ scaled_error (nth q (g_offset g) 0%Q) phi ++ delta))
        | _, _ => false
        end
    | _, _, _ => false
    end.

  Definition growth_ok (r i : nat) (g : growth) : bool :=
    Qle_bool 0 (g_slope g)
    && match above high (start_constant r) with Some x => Qle_bool x (nth 0 (g_offset g) 0%Q) | None => false end
    && nonnegative (nth 0 (g_constant g) [])
    && forallb (fun q => forallb (growth_step_ok r i g q) (seq 0 width)) (seq 0 (length (situations prf))).

  Definition term_ok (t : nat * constant) (sg : Q * option growth) : bool :=
    match above high (snd t) with
    | None => false
    | Some x =>
        Qle_bool x (fst sg)
        && match index_of (fst t) (registers prf), snd sg with
           | Some i, Some g => growth_ok (fst t) i g
           | None, None =>
               forallb (fun q => match r_known_at q (fst t) with
                                 | Some x => equal (r_offset x) (limit_of net prf q (fst t))
                                 | None => false
                                 end) (seq 0 (length (situations prf)))
           | _, _ => false
           end
    end.

  Fixpoint quadratic_of (sgs : list (Q * option growth)) : error :=
    match sgs with
    | [] => []
    | (s, Some g) :: sgs => scaled_error s (g_quadratic g) ++ quadratic_of sgs
    | (_, None) :: sgs => quadratic_of sgs
    end.

  Fixpoint linear_of (sgs : list (Q * option growth)) : error :=
    match sgs with
    | [] => []
    | (s, Some g) :: sgs => scaled_error s (g_linear g) ++ linear_of sgs
    | (_, None) :: sgs => linear_of sgs
    end.

  Fixpoint constant_of (q : nat) (ts : list (nat * constant)) (sgs : list (Q * option growth)) : error :=
    match ts, sgs with
    | t :: ts, (s, Some g) :: sgs => scaled_error s (nth q (g_constant g) []) ++ constant_of q ts sgs
    | t :: ts, (s, None) :: sgs =>
        match r_known_at q (fst t) with Some x => scaled_error s (r_error x) | None => [] end ++ constant_of q ts sgs
    | _, _ => []
    end.

  Definition bound_ok (quadratic linear constant : error) : bool :=
    Nat.eqb (length terms) (length (growths rts))
    && forallb (fun tg => term_ok (fst tg) (snd tg)) (combine terms (growths rts))
    && nonnegative (minus_error quadratic (quadratic_of (growths rts)))
    && nonnegative (minus_error linear (linear_of (growths rts)))
    && forallb (fun q => nonnegative (minus_error constant (constant_of q terms (growths rts))))
         (seq 0 (length (situations prf))).
End Checker.

Definition precisely (net : network) (p : positive) : precise := precise_of p (atoms net).

Definition error_bounded_ok net terms delay wa prf rts (k0 : Q) (quadratic linear constant : error) : bool :=
  let ctx := context_of (atoms net) in
  let low := precisely net 40 in
  let high := precisely net 128 in
  computes_ok net terms delay wa prf ctx && Qle_bool 1 k0
  && r_invariant_ok net k0 prf rts ctx low
  && bound_ok net terms k0 prf rts ctx high quadratic linear constant.

(** * Soundness *)

Section Soundness.
  Variables (net : network) (terms : list (nat * constant)) (k0 : Q) (prf : proof) (rts : rates) (low high : precise).
  Let table := atoms net.
  Let ctx := context_of table.
  Let A := atom_values table [].
  Let width := length (vocabulary net).
  Notation val := (value A).
  Notation ev := error_value.
  Hypothesis ok : atoms_ok net ctx = true.
  Hypothesis invariant : invariant_ok net prf ctx = true.
  Hypothesis large : 1 <= Q2R k0.
  Hypothesis low_ok : enclosed (known_atoms low) A.
  Hypothesis high_ok : enclosed (known_atoms high) A.
  Let nonzero : forall n, nth n A 1 <> 0 := atoms_nonzero table ok.
  Notation r_holds := (r_holds table k0).
  Notation r_holds_if_known := (r_holds_if_known table k0).
  Notation rep := (rep rts).
  Notation r_box := (r_box rts).
  Notation reached := (reached net prf).
  Notation all_valid := (all_valid net).
  Notation run_of words := (fun k => run net k words).

  (** * One step, for states at each scale that lie in the box and have the equal coordinates of a situation *)

  Section Step.
    Variables (rc : precise) (s : R -> list R).
    Hypothesis rc_ok : enclosed (known_atoms rc) A.

    Definition r_means (x : named) (f : R -> R) : Prop :=
      match fst x with Some n => forall k, f k = nth n (s k) 0 | None => True end /\ r_holds_if_known (snd x) f.

    Lemma r_means_ext x f g : (forall k, f k = g k) -> r_means x f -> r_means x g.
    Proof.
      intros E [N H]. split; [destruct (fst x); [intros k; now rewrite <- E|exact I]|].
      destruct (snd x) as [y|]; [|exact I]. now apply (r_ext table k0 y f g).
    Qed.

    Lemma nameless_means o f : r_holds_if_known o f -> r_means (nameless o) f.
    Proof. intros H. split; [exact I|exact H]. Qed.

    Lemma sum_named_means x f y g : r_means x f -> r_means y g -> r_means (sum_named x y) (fun k => f k + g k).
    Proof.
      intros [_ H] [_ G]. apply nameless_means. destruct (snd x), (snd y); try exact I. now apply r_add_holds.
    Qed.

    Lemma product_named_means x f y g : r_means x f -> r_means y g -> r_means (product_named rc x y) (fun k => f k * g k).
    Proof.
      intros [_ H] [_ G]. apply nameless_means. destruct (snd x) as [u|], (snd y) as [v|]; try exact I.
      destruct (r_multiply rc u v) as [z|] eqn:M; [|exact I]. now apply (r_multiply_holds table k0 rc ok rc_ok large u v z).
    Qed.

    Lemma exactly_named_means w : r_means (exactly_named w) (fun k => scaled net k w).
    Proof. apply nameless_means. apply r_exactly_holds. reflexivity. Qed.

    Lemma collapsed_means xs fs : Forall2 (weighted r_means) xs fs ->
      exists gs, Forall2 (weighted r_means) (collapsed xs) gs /\
      forall ws k, affine (pointwise net) ws fs k = affine (pointwise net) ws gs k.
    Proof.
      assert (Insert : forall w x f ys gs, r_means x f -> Forall2 (weighted r_means) ys gs ->
        exists hs, Forall2 (weighted r_means) (insert_named w x ys) hs /\
        forall ws k, affine (pointwise net) ws ((w, f) :: gs) k = affine (pointwise net) ws hs k).
      { intros w x f ys gs X H. induction H as [|[v y] [v' g] ys gs [V Y] H (hs & IH & E)].
        - exists [(w, f)]. split; [constructor; [now split|constructor]|reflexivity].
        - cbn [fst snd] in V, Y. subst v'. cbn [insert_named]. destruct (same_name x y) eqn:N.
          + exists ((both w v, g) :: gs). split; [constructor; [now split|exact H]|]. intros ws k.
            unfold same_name in N. destruct X as [X _], Y as [Y _]. destruct (fst x) as [n|]; [|discriminate].
            destruct (fst y) as [m|]; [|discriminate]. apply Nat.eqb_eq in N. subst m.
            cbn. rewrite scaled_both, (X k), (Y k). ring.
          + exists ((v, g) :: hs). split; [constructor; [now split|exact IH]|]. intros ws k. specialize (E ws k). cbn in E |- *. lra. }
      induction 1 as [|[w x] [v f] xs fs [V X] H (gs & IH & E)]; [exists []; split; [constructor|reflexivity]|].
      cbn [fst snd] in V, X. subst v. destruct (Insert w x f _ gs X IH) as (hs & J & F). exists hs. split; [exact J|].
      intros ws k. rewrite <- F. specialize (E ws k). cbn in E |- *. lra.
    Qed.

    Lemma rated_sound : sound net (rated_values table k0 ctx rc) r_means.
    Proof.
      split; [exact r_means_ext|].
      split; cbn [rated_values affine sum_of product_of sigmoid_of tanh_of relu_of heaviside_of pointwise].
      - intros ws xs fs H. destruct (collapsed_means xs fs H) as (gs & G & E).
        apply (r_means_ext _ (affine (pointwise net) ws gs)); [intros k; now rewrite <- E|].
        apply affine_by_means; [exact r_means_ext|exact exactly_named_means|exact sum_named_means|exact product_named_means|exact G].
      - intros x f y g H G. now apply sum_named_means.
      - intros x f y g H G. now apply product_named_means.
      - intros x f [_ H]. apply nameless_means. exact (r_sigmoid_holds table k0 ctx rc ok eq_refl rc_ok large _ f H).
      - intros x f [_ H]. apply nameless_means. exact (r_tanh_holds table k0 ctx rc ok eq_refl rc_ok large _ f H).
      - intros x f [_ H]. apply nameless_means. destruct (snd x) as [y|]; [|exact I].
        exact (r_relu_holds table k0 ctx rc eq_refl rc_ok large y f H).
      - intros x f [_ H]. apply nameless_means. exact (r_heaviside_holds table k0 rc rc_ok large _ f H).
    Qed.
  End Step.

  (** What is known of a state in a situation. *)
  Definition r_stands (q : nat) (s : R -> list R) : Prop :=
    (forall k, length (s k) = length (initial net)) /\
    (forall k n, nth n (s k) 0 = nth (rep q n) (s k) 0) /\
    forall n, r_holds_if_known (r_known_at net rts q n) (fun k => nth n (s k) 0).

  Lemma r_stands_named q s : r_stands q s -> stands (r_means s) (r_known_in net rts q) s.
  Proof.
    intros (L & E & H). split; [intros k; unfold r_known_in; now rewrite map_length, seq_length|].
    intros n x N. unfold r_known_in in N. rewrite nth_error_map in N.
    destruct (nth_error (seq 0 _) n) as [m|] eqn:M; [|discriminate]. injection N as <-.
    assert (B : (n < length (seq 0 (length (initial net))))%nat) by (apply nth_error_Some; congruence).
    apply (nth_error_nth _ _ O) in M. rewrite seq_length in B. rewrite seq_nth in M by exact B. cbn in M. subst m.
    split; [intros k; apply E|]. cbn [snd]. specialize (H (rep q n)).
    destruct (r_known_at net rts q (rep q n)) as [y|]; [|exact I].
    apply (r_ext table k0 y (fun k => nth (rep q n) (s k) 0)); [|exact H]. intros k _. symmetry. apply E.
  Qed.

  Lemma r_inside_holds o main err f : r_inside k0 low o main err = true -> r_holds_if_known o f -> r_holds (Rated [] main err) f.
  Proof.
    destruct o as [x|]; [|discriminate]. cbn [r_inside RatedNetworks.r_holds_if_known]. rewrite Bool.andb_true_iff. intros [Z W] H k K.
    specialize (H k K). apply (is_zero_value A) in Z. fold A in H. rewrite Z in H. cbn [r_slope r_offset r_error value]. fold table A.
    destruct (equal (r_offset x) main) eqn:Q.
    - apply (equal_value A) in Q. rewrite Q in H. apply (Rle_trans _ _ _ H). now apply (within_ok k0 low large).
    - destruct (above low (minus (r_offset x) main)) as [gap|] eqn:G; [|discriminate].
      apply (above_ok table low low_ok) in G. fold A in G. rewrite minus_value in G.
      apply (within_ok k0 low large _ _ k) in W; [|exact K]. cbn [error_value pow] in W. rewrite RMicromega.Q2R_0 in W.
      replace (- (0 * k)) with 0 in W by ring. rewrite exp_0 in W.
      replace (f k - (0 * k + val main)) with ((f k - (0 * k + val (r_offset x))) + (val (r_offset x) - val main)) by ring.
      apply (Rle_trans _ _ _ (Rabs_triang _ _)). lra.
  Qed.

  Lemma r_lookup_in n known x : r_lookup n known = Some x -> exists main err, x = Rated [] main err /\ In (n, (main, err)) known.
  Proof.
    induction known as [|[m [main err]] known IH]; cbn [r_lookup]; [discriminate|].
    destruct (Nat.eqb_spec n m) as [->|].
    - intros [= <-]. exists main, err. split; [reflexivity|now left].
    - intros H. destruct (IH H) as (a & b & X & Y). exists a, b. split; [exact X|now right].
  Qed.

  Lemma r_known_at_in q n x : r_known_at net rts q n = Some x ->
    exists main err, x = Rated [] main err /\ In (n, (main, err)) (r_box q).
  Proof. unfold r_known_at. destruct (n <? length (initial net))%nat; [apply r_lookup_in|discriminate]. Qed.

  Lemma r_all_inside_holds rc t state s q : r_all_inside k0 rts rc state q = true -> rc = low ->
    stands (r_means t) state s -> length state = length (initial net) ->
    forall n, r_holds_if_known (r_known_at net rts q n) (fun k => nth n (s k) 0).
  Proof.
    unfold r_all_inside. rewrite forallb_forall. intros H -> [_ G] N n. destruct (r_known_at net rts q n) as [x|] eqn:X; [|exact I].
    destruct (r_known_at_in q n x X) as (main & err & -> & M). specialize (H _ M). cbn [fst snd] in H.
    assert (L : (n < length state)%nat).
    { rewrite N. unfold r_known_at in X. destruct (Nat.ltb_spec n (length (initial net))); [assumption|discriminate]. }
    apply (r_inside_holds (snd (nth n state (nameless None)))); [exact H|]. apply (G n), nth_error_nth', L.
  Qed.

  Hypothesis r_invariant : r_invariant_ok net k0 prf rts ctx low = true.

  Lemma rep_outside q n : (length (nth q (r_equal rts) []) <= n)%nat -> rep q n = n.
  Proof. intros H. unfold Errors.rep. now apply nth_overflow. Qed.

  Lemma same_steps_eq q w p s : (forall k, length (s k) = length (initial net)) -> (forall k n, nth n (s k) 0 = nth (rep q n) (s k) 0) ->
    same_steps net rts ctx q w p = true -> forall k n,
    nth n (step (reals net k) net (s k) w) 0 = nth (rep p n) (step (reals net k) net (s k) w) 0.
  Proof.
    intros L E H k n. destruct (Nat.eq_dec n (rep p n)) as [<-|D]; [reflexivity|].
    assert (J : In n (filter (fun n => negb (Nat.eqb n (rep p n))) (seq 0 (length (nth p (r_equal rts) []))))).
    { apply filter_In. split; [|now apply Bool.negb_true_iff, Nat.eqb_neq]. apply in_seq.
      destruct (Nat.lt_ge_cases n (length (nth p (r_equal rts) []))) as [B|B]; [lia|]. elim D. symmetry. now apply rep_outside. }
    unfold same_steps in H. cbv zeta in H.
    set (others := filter _ _) in *. set (found := step (expressions (sign ctx)) net _ w) in *.
    assert (F : forallb (fun n => expression_eqb (nth n found nothing) (nth (rep p n) found nothing)) others = true) by (destruct others; [easy|exact H]).
    rewrite forallb_forall in F. specialize (F n J). apply (expression_eqb_eq net s k) in F.
    assert (S : stands (expression_means net s) found (fun k => step (reals net k) net (s k) w)).
    { apply step_stands; [apply expressions_sound; intros c y; exact (sign_ok table c y)|]. split; [intros j; now rewrite map_length, seq_length|].
      intros m x N. rewrite nth_error_map in N. destruct (nth_error (seq 0 _) m) as [j|] eqn:M; [|discriminate]. injection N as <-.
      assert (B : (m < length (seq 0 (length (initial net))))%nat) by (apply nth_error_Some; congruence).
      apply (nth_error_nth _ _ O) in M. rewrite seq_length in B. rewrite seq_nth in M by exact B. cbn in M. subst j.
      intros j. apply E. }
    assert (V : forall m, nth m (step (reals net k) net (s k) w) 0 = value_of net s k (nth m found nothing)).
    { intros m. destruct S as [S1 S2]. destruct (nth_error found m) as [x|] eqn:N.
      - rewrite (nth_error_nth _ _ _ N). exact (S2 m x N k).
      - apply nth_error_None in N. rewrite !nth_overflow by (rewrite ?S1; exact N). symmetry. apply nothing_value. }
    now rewrite !V.
  Qed.

  Definition r_correct (words : list nat) : Prop := r_stands (fst (reached words)) (run_of words).

  Lemma shape : shaped net = true.
  Proof. pose proof invariant as H. unfold invariant_ok in H. rewrite !Bool.andb_true_iff in H. apply H. Qed.

  Lemma r_known_length q : length (r_known_in net rts q) = length (initial net).
  Proof. unfold r_known_in. now rewrite map_length, seq_length. Qed.

  Lemma r_correct_all words : all_valid words -> r_correct words.
  Proof.
    unfold r_invariant_ok in r_invariant. rewrite !Bool.andb_true_iff, !forallb_forall in r_invariant.
    destruct r_invariant as [[S Q] T].
    induction words as [|w words IH] using rev_ind; intros V.
    - assert (N : forall k n, nth n (run net k []) 0 = number net (start_constant net n)).
      { intros k n. unfold run. cbn [fold_left]. change 0 with (number net []) at 1. apply map_nth. }
      split; [intros k; apply map_length|]. split.
      + intros k n. cbn [reached fold_left Soundness.reached fst]. rewrite !N. unfold number. fold table A.
        destruct (le_lt_dec (length (nth 0 (r_equal rts) [])) n) as [L|L].
        * now rewrite (rep_outside 0 n L).
        * apply (equal_value A). apply Q. apply in_seq. lia.
      + apply (r_all_inside_holds low (fun k => run net k []) _ (run_of []) 0%nat S eq_refl); [|apply map_length].
        split; [intros k; unfold run; cbn [fold_left]; now rewrite !map_length|]. intros n x E. rewrite nth_error_map in E.
        destruct (nth_error (initial net) n) as [c|] eqn:M; [|discriminate]. injection E as <-.
        apply (r_means_ext _ _ (fun k => scaled net k ([], c))); [|apply exactly_named_means].
        intros k. rewrite N. unfold start_constant. rewrite (nth_error_nth _ _ _ M). unfold scaled. cbn [fst snd]. unfold number at 1. cbn [value]. ring.
    - destruct (all_valid_app net words w V) as [V' W]. pose proof (IH V') as H. unfold r_correct in H |- *.
      destruct (correct_all net prf ok invariant words V') as (Qn & _ & _).
      rewrite reached_snoc. cbn [advance fst]. set (q := fst (reached words)) in *.
      assert (X : r_transition_ok net k0 prf rts ctx low q w = true).
      { specialize (T q). rewrite in_seq in T. specialize (T (conj (Nat.le_0_l q) Qn)). rewrite forallb_forall in T.
        apply T, in_seq. split; [lia|exact W]. }
      unfold r_transition_ok in X. cbv zeta in X. rewrite Bool.andb_true_iff in X. destruct X as [X Y].
      pose proof (step_stands net _ _ (rated_sound low (run_of words) low_ok) _ _ w (r_stands_named q _ H)) as Z.
      assert (D : forall k, run net k (words ++ [w]) = step (reals net k) net (run net k words) w) by (intros; apply run_snoc).
      split; [|split].
      + intros k. rewrite D, step_length; [apply H|apply shape|apply H].
      + intros k n. rewrite D. apply (same_steps_eq q w _ (run_of words)); [apply H|apply H|exact Y].
      + intros n. assert (R := r_all_inside_holds low _ _ _ _ X eq_refl Z).
        rewrite step_length in R; [|apply shape|apply r_known_length]. specialize (R (r_known_length q) n).
        destruct (r_known_at net rts (next_situation prf q w) n) as [x|]; [|exact I].
        apply (r_ext table k0 x (fun k => nth n (step (reals net k) net (run net k words) w) 0)); [|exact R].
        intros k _. now rewrite D.
  Qed.

  (** * Registers *)

  Section Register.
    Variables (r i : nat) (g : growth).
    Hypothesis r_is : nth_error (registers prf) i = Some r.
    Hypothesis good : growth_ok net k0 prf rts ctx high r i g = true.

    Let off q := Q2R (nth q (g_offset g) 0%Q).

    Lemma growth_holds words : all_valid words ->
      Rabs (snd (reached words) i) <= Q2R (g_slope g) * INR (length words) + off (fst (reached words))
      /\ forall k, Q2R k0 <= k -> Rabs (nth r (run net k words) 0 - snd (reached words) i) <=
           ev (g_quadratic g) k * INR (length words) ^ 2 + ev (g_linear g) k * INR (length words)
           + ev (nth (fst (reached words)) (g_constant g) []) k.
    Proof.
      unfold growth_ok in good. rewrite !Bool.andb_true_iff, forallb_forall in good. destruct good as [[[SL S0] C0] T]. apply Qle_bool_iff, Qle_Rle in SL. rewrite RMicromega.Q2R_0 in SL.
      induction words as [|w words IH] using rev_ind; intros V.
      - cbn [Soundness.reached fold_left fst snd length INR]. rewrite (nth_error_nth _ _ O r_is). fold (start_constant net r).
        destruct (above high (start_constant net r)) as [x|] eqn:X; [|discriminate].
        apply (above_ok table high high_ok) in X. apply Qle_bool_iff, Qle_Rle in S0. fold table A in X |- *. split; [unfold off; lra|].
        intros k K. unfold run. cbn [fold_left]. change 0 with (number net []) at 1. rewrite map_nth. fold (start_constant net r).
        unfold number. fold table A. rewrite Rminus_diag_eq by reflexivity. rewrite Rabs_R0. apply (nonnegative_value _ k) in C0; lra.
      - destruct (all_valid_app net words w V) as [V' W]. destruct (IH V') as [B H]. clear IH.
        destruct (correct_all net prf ok invariant words V') as (Qn & _ & _).
        pose proof (r_correct_all words V') as G. unfold r_correct in G.
        rewrite reached_snoc. cbn [advance fst snd]. set (q := fst (reached words)) in *. set (R := snd (reached words) i) in *.
        assert (X : growth_step_ok net k0 prf rts ctx high r i g q w = true).
        { specialize (T q). rewrite in_seq in T. specialize (T (conj (Nat.le_0_l q) Qn)). rewrite forallb_forall in T.
          apply T, in_seq. split; [lia|exact W]. }
        unfold growth_step_ok in X. cbv zeta in X. destruct (nth i (move prf q w) ([], [])) as [a b]. cbn [fst snd].
        destruct (nth_error (moves_of_step _ net _ w) r) as [[[[nf [f|]] [ni [inc|]]]|]|] eqn:M; try discriminate.
        destruct (moves_stand net _ _ (rated_sound high (run_of words) high_ok) shape _ _ w _ _ _ (r_stands_named q _ G) (r_known_length q) M)
          as (F & J & [_ GF] & [_ GI] & Move). cbn [snd RatedNetworks.r_holds_if_known] in GF, GI.
        destruct (above high a) as [fa|] eqn:FA; [|discriminate]. destruct (above high b) as [fb|] eqn:FB; [|discriminate].
        destruct (weakened k0 high _ (r_error f)) as [phi|] eqn:PH; [|discriminate].
        destruct (weakened k0 high _ (r_error inc)) as [delta|] eqn:DE; [|discriminate].
        rewrite !Bool.andb_true_iff in X. destruct X as [[[[[[[X1 X2] X3] X4] X5] X6] X7] X8].
        apply (above_ok table high high_ok) in FA, FB. fold A in FA, FB.
        apply (is_zero_value A) in X1, X3. apply (equal_value A) in X2, X4.
        apply Qle_bool_iff, Qle_Rle in X5. rewrite RMicromega.Q2R_1 in X5.
        apply Qle_bool_iff, Qle_Rle in X6. rewrite !Q2R_plus, Q2R_mult in X6.
        fold (off q) (off (next_situation prf q w)) in X6.
        rewrite app_length. cbn [length]. rewrite plus_INR. cbn [INR]. set (t := INR (length words)) in *.
        assert (P : 0 <= t) by apply pos_INR. fold table A.
        set (p := next_situation prf q w) in *. split.
        + apply (Rle_trans _ _ _ (Rabs_triang _ _)). rewrite Rabs_mult. pose proof (Rabs_pos (val a)). pose proof (Rabs_pos R).
          assert (Y1 : Rabs (val a) * Rabs R <= Q2R fa * (Q2R (g_slope g) * t + off q)) by now apply Rmult_le_compat.
          assert (Y2 : Q2R fa * (Q2R (g_slope g) * t) <= Q2R (g_slope g) * t).
          { rewrite <- (Rmult_1_l (Q2R (g_slope g) * t)) at 2. apply Rmult_le_compat_r; [now apply Rmult_le_pos|exact X5]. }
          lra.
        + intros k K. specialize (H k K). specialize (GF k K). specialize (GI k K). cbn beta in GF, GI. fold A in GF, GI.
          rewrite X1, X2 in GF. rewrite X3, X4 in GI.
          apply (weakened_ok k0 high large _ _ _ k) in PH; [|exact K]. apply (weakened_ok k0 high large _ _ _ k) in DE; [|exact K].
          apply (nonnegative_value _ k) in X7; [|lra]. apply (nonnegative_value _ k) in X8; [|lra].
          rewrite minus_error_value, !scaled_error_value in X7. rewrite minus_error_value, !ev_app, !scaled_error_value in X8.
          replace (Q2R 2) with 2 in X7 by (unfold Q2R; simpl; lra).
          fold (off q) in X8. rewrite run_snoc. destruct (Move k) as [FR ->]. clear Move.
          generalize dependent (F k). generalize dependent (J k). clear F J. intros J GI F GF FR.
          set (x := nth r (run net k words) 0) in *.
          replace (F * x + J - (val a * R + val b)) with (F * (x - R) + ((F - (0 * k + val a)) * R + (J - (0 * k + val b)))) by ring.
          assert (F1 : Rabs F <= 1) by (apply Rabs_le; lra).
          pose proof (Rabs_pos F). pose proof (Rabs_pos (x - R)). pose proof (Rabs_pos R). pose proof (Rabs_pos (F - (0 * k + val a))).
          assert (Z1 : Rabs F * Rabs (x - R) <= Rabs (x - R)).
          { rewrite <- (Rmult_1_l (Rabs (x - R))) at 2. now apply Rmult_le_compat_r. }
          assert (Z2 : Rabs (F - (0 * k + val a)) * Rabs R <= ev phi k * (Q2R (g_slope g) * t + off q)) by (apply Rmult_le_compat; lra).
          apply (Rle_trans _ (Rabs F * Rabs (x - R) + (Rabs (F - (0 * k + val a)) * Rabs R + Rabs (J - (0 * k + val b))))).
          { apply (Rle_trans _ _ _ (Rabs_triang _ _)). rewrite Rabs_mult. apply Rplus_le_compat_l.
            apply (Rle_trans _ _ _ (Rabs_triang _ _)). rewrite Rabs_mult. lra. }
          assert (Z3 : 0 <= t * (2 * ev (g_quadratic g) k - Q2R (g_slope g) * ev phi k)) by now apply Rmult_le_pos.
          apply (Rle_trans _ (ev (g_quadratic g) k * t ^ 2 + ev (g_linear g) k * t + ev (nth q (g_constant g) []) k
            + (ev phi k * (Q2R (g_slope g) * t + off q) + ev delta k))); [lra|].
          apply Rminus_le. 
          replace (_ - _) with (- (t * (2 * ev (g_quadratic g) k - Q2R (g_slope g) * ev phi k))
            - (ev (g_quadratic g) k + (ev (g_linear g) k + ev (nth p (g_constant g) []) k)
               - (ev (nth q (g_constant g) []) k + (off q * ev phi k + ev delta k)))) by ring.
          lra.
    Qed.
  End Register.

  (** * The readout *)

  Lemma terms_bounded words : all_valid words -> forall ts sgs, length ts = length sgs ->
    forallb (fun tg => term_ok net k0 prf rts ctx high (fst tg) (snd tg)) (combine ts sgs) = true ->
    forall k, Q2R k0 <= k ->
    Rabs (read net ts (run net k words) - limit_part net prf ts (fst (reached words)) (snd (reached words)))
    <= ev (quadratic_of sgs) k * INR (length words) ^ 2 + ev (linear_of sgs) k * INR (length words)
       + ev (constant_of net rts (fst (reached words)) ts sgs) k.
  Proof.
    intros V. destruct (r_correct_all words V) as (_ & _ & H). destruct (correct_all net prf ok invariant words V) as (Qn & _ & _).
    set (q := fst (reached words)) in *. set (L := snd (reached words)). set (T := INR (length words)).
    assert (P : 0 <= T) by apply pos_INR.
    induction ts as [|[n c] ts IH]; intros [|[size og] sgs] Len Ok k K; try discriminate.
    - cbn. unfold limit_part. cbn [limit_form value]. rewrite (total_ext _ _ (fun _ => 0)) by (intros; ring). rewrite total_zero.
      replace (0 - (0 + 0)) with 0 by ring. rewrite Rabs_R0. lra.
    - cbn [combine forallb fst snd] in Ok. rewrite Bool.andb_true_iff in Ok. destruct Ok as [O1 O2].
      injection Len as Len. specialize (IH sgs Len O2 k K). unfold term_ok in O1. cbn [fst snd] in O1.
      destruct (above high c) as [x|] eqn:X; [|discriminate]. rewrite Bool.andb_true_iff in O1. destruct O1 as [O1 O3].
      apply (above_ok table high high_ok) in X. fold A in X. apply Qle_bool_iff, Qle_Rle in O1.
      assert (N : exists y, limit_part net prf ((n, c) :: ts) q L = val c * y + limit_part net prf ts q L
        /\ Rabs (nth n (run net k words) 0 - y) <= match og with
             | Some g => ev (g_quadratic g) k * T ^ 2 + ev (g_linear g) k * T + ev (nth q (g_constant g) []) k
             | None => match r_known_at net rts q n with Some x => ev (r_error x) k | None => 0 end
             end).
      { unfold limit_part. cbn [limit_form]. destruct (index_of n (registers prf)) as [j|] eqn:IX; destruct og as [g|]; try discriminate.
        - pose proof (index_of_nth _ _ _ IX) as J. exists (L j). split.
          + fold table A. rewrite plus_value. cbn [value].
            rewrite (total_ext _ (fun i => L i * val (plus (if (i =? j)%nat then c else []) _))
              (fun i => L i * (if Nat.eqb i j then val c else 0) + L i * val (limit_form net prf ts (Reg q i)))).
            2: { intros i _. rewrite plus_value. destruct (Nat.eqb i j); cbn [value]; ring. }
            rewrite total_plus, total_pick; [ring|]. apply nth_error_Some. congruence.
          + now apply (growth_holds n j g J O3 words V).
        - rewrite forallb_forall in O3. specialize (O3 q). rewrite in_seq in O3. specialize (O3 (conj (Nat.le_0_l q) Qn)).
          specialize (H n). destruct (r_known_at net rts q n) as [y|] eqn:Y; [|discriminate].
          apply (equal_value A) in O3. exists (val (limit_of net prf q n)). split.
          + fold table A. rewrite plus_value, times_value by exact nonzero.
            rewrite (total_ext _ (fun i => L i * val (plus [] _)) (fun i => L i * val (limit_form net prf ts (Reg q i)))).
            2: { intros i _. reflexivity. }
            ring.
          + destruct (r_known_at_in q n y Y) as (main & err & -> & _). specialize (H k K). cbn [r_slope r_offset r_error value] in *. fold table A in H.
            rewrite <- O3. replace (nth n (run net k words) 0 - val main) with (nth n (run net k words) 0 - (0 * k + val main)) by ring. exact H. }
      destruct N as (y & -> & N). cbn [read]. rewrite number_value. fold table A.
      replace (val c * nth n (run net k words) 0 + read net ts (run net k words) - (val c * y + limit_part net prf ts q L))
        with (val c * (nth n (run net k words) 0 - y) + (read net ts (run net k words) - limit_part net prf ts q L)) by ring.
      apply (Rle_trans _ _ _ (Rabs_triang _ _)). rewrite Rabs_mult. pose proof (Rabs_pos (val c)). pose proof (Rabs_pos (nth n (run net k words) 0 - y)).
      assert (M : Rabs (val c) * Rabs (nth n (run net k words) 0 - y) <= Q2R size * match og with
             | Some g => ev (g_quadratic g) k * T ^ 2 + ev (g_linear g) k * T + ev (nth q (g_constant g) []) k
             | None => match r_known_at net rts q n with Some x => ev (r_error x) k | None => 0 end
             end) by (apply Rmult_le_compat; lra).
      destruct og as [g|]; cbn [quadratic_of linear_of constant_of fst].
      + rewrite !ev_app, !scaled_error_value. lra.
      + rewrite ev_app. destruct (r_known_at net rts q n) as [z|]; [rewrite scaled_error_value; lra|cbn [error_value]; lra].
  Qed.
End Soundness.

Theorem check_error_bounded net terms delay wa prf rts k0 quadratic linear constant :
  error_bounded_ok net terms delay wa prf rts k0 quadratic linear constant = true ->
  error_bounded net terms delay wa k0 quadratic linear constant.
Proof.
  unfold error_bounded_ok. cbv zeta. rewrite !Bool.andb_true_iff. intros [[[C L] Iv] B] words k V P D K.
  pose proof (computes_limit net terms delay wa prf C words V P D) as Lim.
  unfold computes_ok in C. rewrite !Bool.andb_true_iff in C. destruct C as [[[[O I] _] _] _].
  apply Qle_bool_iff, Qle_Rle in L. rewrite RMicromega.Q2R_1 in L.
  assert (EN : forall p, enclosed (known_atoms (precisely net p)) (atom_values (atoms net) [])).
  { intros p. apply atom_intervals_contain. constructor. }
  unfold bound_ok in B. rewrite !Bool.andb_true_iff in B. destruct B as [[[[B1 B2] B3] B4] B5].
  rewrite forallb_forall in B5.
  apply Nat.eqb_eq in B1. assert (K1 : 0 <= k) by lra.
  pose proof (terms_bounded net k0 prf rts (precisely net 40) (precisely net 128) O I L (EN _) (EN _) Iv words V terms (growths rts) B1 B2 k K) as T.
  rewrite Lim in T. destruct (correct_all net prf O I words V) as (Q & _ & _).
  specialize (B5 (fst (reached net prf words))). rewrite in_seq in B5. specialize (B5 (conj (Nat.le_0_l _) Q)).
  apply (nonnegative_value _ k) in B3, B4, B5; try exact K1. rewrite minus_error_value in B3, B4, B5.
  set (t := INR (length words)) in *. assert (P' : 0 <= t) by apply pos_INR.
  assert (P2 : 0 <= t ^ 2) by now apply pow_le.
  apply (Rle_trans _ _ _ T). cbv zeta. fold t.
  apply Rplus_le_compat; [|lra]. apply Rplus_le_compat; apply Rmult_le_compat_r; lra.
Qed.
