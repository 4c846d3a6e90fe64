(** What the checker accepts is true. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import Reals Lra Lia List QArith Qreals ZArith.
From Symlstm Require Import Definitions Constants Limits Steps Known Networks.
Import ListNotations.
Local Open Scope R_scope.

(** * Finite sums *)

Lemma total_ext n f g : (forall i, (i < n)%nat -> f i = g i) -> total n f = total n g.
Proof. induction n as [|n IH]; intros H; cbn; [easy|]. rewrite IH, H; auto. Qed.

Lemma total_plus n f g : total n (fun i => f i + g i) = total n f + total n g.
Proof. induction n as [|n IH]; cbn; [ring|]. rewrite IH. ring. Qed.

Lemma total_scale n c f : total n (fun i => c * f i) = c * total n f.
Proof. induction n as [|n IH]; cbn; [ring|]. rewrite IH. ring. Qed.

Lemma total_zero n : total n (fun _ => 0) = 0.
Proof. induction n as [|n IH]; cbn; [ring|]. rewrite IH. ring. Qed.

Lemma total_shift n f : total (S n) f = f O + total n (fun i => f (S i)).
Proof. induction n as [|n IH]; [cbn; ring|]. change (total (S (S n)) f) with (total (S n) f + f (S n)). rewrite IH. cbn. ring. Qed.

Lemma total_swap n m f : total n (fun i => total m (fun j => f i j)) = total m (fun j => total n (fun i => f i j)).
Proof. induction n as [|n IH]; cbn; [now rewrite total_zero|]. now rewrite IH, total_plus. Qed.

Lemma total_pick n j f c : (j < n)%nat -> total n (fun i => f i * (if Nat.eqb i j then c else 0)) = f j * c.
Proof.
  induction n as [|n IH]; intros H; [lia|]. cbn [total]. destruct (Nat.eqb_spec n j) as [->|].
  - rewrite (total_ext j _ (fun _ => 0)); [rewrite total_zero; ring|]. intros i Hi.
    destruct (Nat.eqb_spec i j); [lia|ring].
  - rewrite IH by lia. ring.
Qed.

Section Soundness.
  Variables (net : network) (terms : list (nat * constant)) (delay : nat) (wa : automaton) (prf : proof).
  Let table := atoms net.
  Let ctx := context_of table.
  Let A := atom_values table [].
  Let width := length (vocabulary net).
  Let count := length (registers prf).
  Notation val := (value A).
  Hypothesis ok : atoms_ok net ctx = true.
  Hypothesis invariant : invariant_ok net prf ctx = true.

  Let nonzero : forall n, nth n A 1 <> 0 := atoms_nonzero table ok.
  Let cs := calculus_of ctx table.
  Let right : sound_for A cs := calculus_of_ok table ok.
  Notation holds := (holds A).
  Notation holds_if_known := (holds_if_known A).
  Notation box := (box prf).
  Notation next_situation := (next_situation prf).
  Notation move := (move prf).

  (** * One step *)

  Lemma number_value c : number net c = val c.
  Proof. reflexivity. Qed.

  Notation means := (means A).

  Lemma limits_mean : sound net (limits cs (fun _ => true)) means.
  Proof. exact (limits_sound net A cs (fun _ => true) right (fun _ _ => eq_refl)). Qed.

  Notation stands := (stands means).

  Lemma known_length q : length (known_in net prf q) = length (initial net).
  Proof. unfold known_in. now rewrite map_length, seq_length. Qed.

  Lemma known_nth q n x : nth_error (known_in net prf q) n = Some x -> x = lookup n (box q).
  Proof.
    unfold known_in. rewrite nth_error_map. destruct (nth_error (seq 0 _) n) as [m|] eqn:M; [|discriminate]. intros [= <-].
    assert (L : (n < length (seq 0 (length (initial net))))%nat) by (apply nth_error_Some; congruence).
    apply (nth_error_nth _ _ O) in M. rewrite seq_length in L. rewrite seq_nth in M by exact L. now subst.
  Qed.

  Lemma stands_at q n s : stands (known_in net prf q) s -> means (known_at net prf q n) (fun k => nth n (s k) 0).
  Proof.
    intros [_ H]. unfold known_at. destruct (Nat.ltb_spec n (length (initial net))) as [L|L]; [|exact I].
    rewrite <- (known_length q) in L. destruct (nth_error (known_in net prf q) n) as [x|] eqn:E.
    - rewrite <- (known_nth q n x E). now apply H.
    - apply nth_error_None in E. lia.
  Qed.

  Lemma inside_means o main err f : inside net ctx o main err = true -> means o f ->
    means (match err with Some err => Near (Bound [] main [] err) | None => Exact ([], main) end) f.
  Proof.
    destruct err as [err|]; cbn [inside].
    - intros I M. apply (bound_means A) in M. destruct (bound_known o) as [x|]; [|discriminate]. cbn in M. revert I. rewrite Bool.andb_true_iff.
      intros [F G]. apply (flat_value A) in F. destruct F as [F1 F2].
      fold table cs in G. destruct (absolute cs (minus (offset x) main)) as [gap|] eqn:E; [|discriminate].
      apply (absolute_value A cs right) in E. apply (is_nonnegative_value A cs right) in G.
      rewrite !minus_value in *. rewrite plus_value, E in G.
      destruct M as (_ & R & t & T & H). unfold Known.means, Limits.holds. cbn [slope offset wide error value]. 
      pose proof (Rabs_pos (val (offset x) - val main)). repeat split; try lra.
      exists t. split; [exact T|]. intros k K. specialize (H k K). rewrite F1, F2 in H.
      replace (f k - (0 * k + val main)) with ((f k - (0 * k + val (offset x))) + (val (offset x) - val main)) by ring.
      apply (Rle_trans _ _ _ (Rabs_triang _ _)). lra.
    - destruct o as [| |[a b]]; try discriminate. cbn [fst snd]. rewrite Bool.andb_true_iff. intros [Z E] M k K.
      apply (is_zero_value A) in Z. apply (equal_value A) in E. rewrite (M k K), !line_value, Z, E. cbn [value]. ring.
  Qed.

  Lemma lookup_in n b : lookup n b = Unknown \/ exists main err,
    lookup n b = match err with Some err => Near (Bound [] main [] err) | None => Exact ([], main) end /\ In (n, (main, err)) b.
  Proof.
    induction b as [|[m [main err]] b IH]; cbn [lookup]; [now left|].
    destruct (Nat.eqb_spec n m) as [->|].
    - right. exists main, err. split; [reflexivity|now left].
    - destruct IH as [IH|(u & v & E & J)]; [now left|]. right. exists u, v. split; [exact E|now right].
  Qed.

  Lemma all_inside_stands state s q : all_inside net prf ctx state q = true -> stands state s ->
    length state = length (initial net) -> stands (known_in net prf q) s.
  Proof.
    unfold all_inside. rewrite forallb_forall. intros H [L G] N. split; [intros k; now rewrite known_length, <- N|].
    intros n x E. pose proof (known_nth q n x E) as ->.
    destruct (lookup_in n (box q)) as [->|(main & err & -> & M)]; [exact I|]. specialize (H _ M). cbn [fst snd] in H.
    apply (inside_means (nth n state Unknown)); [exact H|]. apply G, nth_error_nth'. rewrite N, <- (known_length q).
    apply nth_error_Some. congruence.
  Qed.

  Lemma known_exactly_near o c f : known_exactly o c = true -> means o f -> near f (val c).
  Proof.
    unfold known_exactly. intros E M. apply (bound_means A) in M. destruct (bound_known o) as [x|]; [|discriminate].
    rewrite Bool.andb_true_iff in E. destruct E as [X E]. apply (equal_value A) in E. rewrite <- E. now apply (exact_near A).
  Qed.

  (** * The invariant *)

  Definition advance (s : nat * (nat -> R)) (word : nat) : nat * (nat -> R) :=
    (next_situation (fst s) word,
     fun i => val (fst (nth i (move (fst s) word) ([], []))) * snd s i + val (snd (nth i (move (fst s) word) ([], [])))).

  Definition reached (words : list nat) : nat * (nat -> R) :=
    fold_left advance words (O, fun i => val (nth (nth i (registers prf) O) (initial net) [])).

  Definition all_valid (words : list nat) : Prop := forall w, In w words -> (w < width)%nat.

  Lemma all_valid_app words w : all_valid (words ++ [w]) -> all_valid words /\ (w < width)%nat.
  Proof. intros H. split; [intros v V|]; apply H, in_or_app; [now left|right; now left]. Qed.

  Lemma transitions q word : (q < length (situations prf))%nat -> (word < width)%nat -> transition_ok net prf ctx q word = true.
  Proof.
    intros Q W. unfold invariant_ok in invariant. rewrite !Bool.andb_true_iff in invariant. destruct invariant as [_ H].
    rewrite forallb_forall in H. specialize (H q). rewrite in_seq in H. specialize (H (conj (Nat.le_0_l q) Q)).
    rewrite forallb_forall in H. apply H, in_seq. split; [lia|exact W].
  Qed.

  Definition correct (words : list nat) : Prop :=
    let q := fst (reached words) in
    (q < length (situations prf))%nat
    /\ stands (known_in net prf q) (fun k => run net k words)
    /\ forall i r, nth_error (registers prf) i = Some r -> near (fun k => nth r (run net k words) 0) (snd (reached words) i).

  Lemma reached_snoc words w : reached (words ++ [w]) = advance (reached words) w.
  Proof. unfold reached. now rewrite fold_left_app. Qed.

  Lemma run_snoc k words w : run net k (words ++ [w]) = step (reals net k) net (run net k words) w.
  Proof. unfold run. now rewrite fold_left_app. Qed.

  Lemma register_step f x b a R c : near f a -> near x R -> near b c -> near (fun k => f k * x k + b k) (a * R + c).
  Proof.
    intros (t & T & H) (u & U & G) (v & V & K).
    exists (fun k => t k * u k + (Rabs a * u k + (Rabs R * t k + v k))). split.
    - repeat apply tiny_plus; try assumption; [now apply tiny_times|apply tiny_scale|apply tiny_scale]; try assumption; apply Rabs_pos.
    - intros k P. specialize (H k P). specialize (G k P). specialize (K k P).
      replace (f k * x k + b k - (a * R + c)) with ((f k - a) * (x k - R) + (a * (x k - R) + (R * (f k - a) + (b k - c)))) by ring.
      pose proof (Rabs_pos (f k - a)). pose proof (Rabs_pos (x k - R)). pose proof (Rabs_pos a). pose proof (Rabs_pos R).
      apply (Rle_trans _ _ _ (Rabs_triang _ _)). apply Rplus_le_compat.
      { rewrite Rabs_mult. now apply Rmult_le_compat. }
      apply (Rle_trans _ _ _ (Rabs_triang _ _)). apply Rplus_le_compat.
      { rewrite Rabs_mult. now apply Rmult_le_compat_l. }
      apply (Rle_trans _ _ _ (Rabs_triang _ _)). apply Rplus_le_compat; [|exact K].
      rewrite Rabs_mult. now apply Rmult_le_compat_l.
  Qed.

  Lemma correct_all words : all_valid words -> correct words.
  Proof.
    pose proof invariant as Inv. unfold invariant_ok in Inv. rewrite !Bool.andb_true_iff in Inv.
    destruct Inv as [[[Shape P] S] _]. induction words as [|w words IH] using rev_ind; intros V.
    - split; [now apply Nat.ltb_lt in P|]. split.
      + apply (all_inside_stands (start_known net)); [exact S| |apply map_length].
        split; [intros k; unfold start_known, run; cbn; now rewrite !map_length|]. intros n x E. unfold start_known in E.
        rewrite nth_error_map in E. destruct (nth_error (initial net) n) as [c|] eqn:N; [|discriminate]. injection E as <-.
        intros k K. cbn [run fold_left]. rewrite line_value. unfold run. cbn [fold_left].
        rewrite (nth_error_nth (map (number net) (initial net)) n 0 (x := number net c)); [unfold number; cbn [value]; fold table A; ring|].
        now rewrite nth_error_map, N.
      + intros i r E. exists (fun _ => 0). split; [apply tiny_0|]. intros k K. cbn.
        rewrite (nth_error_nth _ _ O E). unfold run. cbn [fold_left]. change 0 with (number net []) at 1.
        rewrite map_nth. rewrite Rminus_diag_eq by reflexivity. rewrite Rabs_R0. lra.
    - destruct (all_valid_app words w V) as [V' W]. destruct (IH V') as (Q & H & G).
      unfold correct. rewrite reached_snoc. set (q := fst (reached words)) in *.
      pose proof (transitions q w Q W) as T. unfold transition_ok in T. cbv zeta in T. rewrite !Bool.andb_true_iff in T.
      destruct T as [[[T1 T2] T3] T4]. cbn [advance fst snd]. fold q. split; [now apply Nat.ltb_lt|]. split.
      + assert (X : stands (known_in net prf (next_situation q w)) (fun k => step (reals net k) net (run net k words) w)).
        { assert (T5 : all_inside net prf ctx (step (limits cs (fun _ => true)) net (known_in net prf q) w) (next_situation q w) = true).
          { unfold all_inside. revert T2. unfold all_inside. now destruct (box (next_situation q w)). }
          apply (all_inside_stands _ _ _ T5); [now apply step_stands; [exact limits_mean|]|].
          rewrite step_length; [apply known_length|exact Shape|apply known_length]. }
        split; [intros k; rewrite run_snoc; apply X|]. intros n x E. destruct X as [_ X]. specialize (X n x E).
        apply (means_extensional A x (fun k => nth n (step (reals net k) net (run net k words) w) 0)); [|exact X].
        intros k. now rewrite run_snoc.
      + intros i r E. specialize (G i r E). apply Nat.eqb_eq in T3.
        assert (L : (i < length (move q w))%nat) by (rewrite T3; apply nth_error_Some; congruence).
        assert (T5 : forallb (register_ok (moves_of_step (limits cs (fun _ => true)) net (known_in net prf q) w)) (combine (registers prf) (move q w)) = true).
        { destruct (registers prf); [now destruct i|exact T4]. }
        rewrite forallb_forall in T5.
        specialize (T5 (r, nth i (move q w) ([], []))). destruct (nth i (move q w) ([], [])) as [a b] eqn:N. cbn [fst snd].
        assert (J : In (r, (a, b)) (combine (registers prf) (move q w))).
        { rewrite <- (nth_error_nth _ _ O E), <- N, <- combine_nth by (symmetry; exact T3).
          apply nth_In. rewrite combine_length, T3, Nat.min_id, <- T3. exact L. }
        specialize (T5 J). unfold register_ok in T5. cbn [fst snd] in T5.
        destruct (nth_error _ r) as [[[ka kb]|]|] eqn:M; try discriminate. rewrite Bool.andb_true_iff in T5. destruct T5 as [F B].
        destruct (moves_stand net (limits cs (fun _ => true)) means limits_mean Shape _ _ w _ _ _ H (known_length q) M) as (fa & fb & Ma & Mb & X).
        destruct (register_step _ _ _ _ _ _ (known_exactly_near _ _ _ F Ma) G (known_exactly_near _ _ _ B Mb)) as (t & Z & Y).
        exists t. split; [exact Z|]. intros k K. rewrite run_snoc. rewrite (proj2 (X k)). now apply Y.
  Qed.

  (** * Vectors and linear forms *)

  Fixpoint apply_form (phi : key -> R) (v : vector) : R :=
    match v with [] => 0 | (x, c) :: v => val c * phi x + apply_form phi v end.

  Definition meaning (phi : key -> R) (words : list nat) : R :=
    let '(q, L) := reached words in
    phi (One q) + total count (fun i => L i * phi (Reg q i))
    + total (S (Nat.min delay (length words)))
        (fun l => total (size wa) (fun j => row_after wa (firstn (length words - l) words) j * phi (Lag l j))).

  Notation image := (image delay wa prf).
  Notation after := (after delay wa prf).

  Lemma apply_app phi v w : apply_form phi (v ++ w) = apply_form phi v + apply_form phi w.
  Proof. induction v as [|[x c] v IH]; cbn [app apply_form]; [ring|]. rewrite IH. ring. Qed.

  Lemma apply_scaled phi c v : apply_form phi (scaled_by c v) = val c * apply_form phi v.
  Proof.
    induction v as [|[x e] v IH]; cbn; [ring|]. unfold scaled_by in IH. rewrite IH, times_value by exact nonzero. ring.
  Qed.

  Lemma apply_seq phi n f c : apply_form phi (map (fun i => (f i, c i)) (seq 0 n)) = total n (fun i => val (c i) * phi (f i)).
  Proof.
    induction n as [|n IH]; [reflexivity|]. rewrite seq_S, map_app, apply_app, IH. cbn. ring.
  Qed.

  Lemma apply_after phi w v : apply_form phi (after w v) = apply_form (fun x => apply_form phi (image w x)) v.
  Proof.
    induction v as [|[x c] v IH]; [reflexivity|]. cbn [Networks.after flat_map fst snd apply_form].
    rewrite apply_app, apply_scaled. unfold Networks.after in IH. now rewrite IH.
  Qed.

  Lemma key_eqb_eq x y : key_eqb x y = true -> x = y.
  Proof.
    destruct x, y; cbn; try discriminate; rewrite ?Bool.andb_true_iff, ?Nat.eqb_eq; [congruence| |]; intros [-> ->]; reflexivity.
  Qed.

  Lemma apply_collect phi v : apply_form phi (collect v) = apply_form phi v.
  Proof.
    assert (G : forall x c w, apply_form phi (collect_one x c w) = val c * phi x + apply_form phi w).
    { intros x c w. induction w as [|[y e] w IH]; cbn [collect_one apply_form]; [reflexivity|].
      destruct (key_eqb x y) eqn:E; cbn [apply_form].
      - apply key_eqb_eq in E. subst y. rewrite plus_value. ring.
      - rewrite IH. ring. }
    induction v as [|[x c] v IH]; [reflexivity|]. cbn [collect apply_form]. now rewrite G, IH.
  Qed.

  Lemma null_apply phi v : null v = true -> apply_form phi v = 0.
  Proof.
    unfold null. rewrite <- apply_collect. induction (collect v) as [|[x c] w IH]; cbn [forallb apply_form fst snd]; [reflexivity|].
    rewrite Bool.andb_true_iff. intros [Z H]. rewrite (IH H), (is_zero_value A c Z). ring.
  Qed.

  Lemma minus_vector_null phi v w : null (minus_vector v w) = true -> apply_form phi v = apply_form phi w.
  Proof.
    intros H. apply (null_apply phi) in H. unfold minus_vector in H. rewrite apply_app, apply_scaled, rational_value in H.
    unfold Q2R in H. simpl in H. lra.
  Qed.

  Lemma meaning_start phi : apply_form phi (start net wa prf) = meaning phi [].
  Proof.
    unfold start, meaning. cbn [reached fold_left length]. cbn [apply_form]. rewrite apply_app, !apply_seq, one_value.
    rewrite Nat.min_0_r. cbn [total firstn Nat.sub]. unfold row_after. cbn [fold_left]. unfold entry, count.
    rewrite (total_ext (size wa) (fun i => val (rational (nth i (first wa) 0%Q)) * phi (Lag 0 i)) (fun j => Q2R (nth j (first wa) 0%Q) * phi (Lag 0 j))); [ring|].
    intros i _. now rewrite rational_value.
  Qed.

  Lemma firstn_snoc (words : list nat) w l : firstn (length words - l) (words ++ [w]) = firstn (length words - l) words.
  Proof. rewrite firstn_app. replace (length words - l - length words)%nat with O by lia. apply app_nil_r. Qed.

  Lemma image_lag phi w l j :
    apply_form phi (image w (Lag l j)) =
    (if (l <? delay)%nat then phi (Lag (S l) j) else 0)
    + (if (l =? 0)%nat then total (size wa) (fun i => entry (nth j (nth w (matrices wa) []) []) i * phi (Lag 0 i)) else 0).
  Proof.
    cbn [Networks.image]. rewrite apply_app. f_equal.
    - destruct (l <? delay)%nat; cbn [apply_form]; [|reflexivity]. rewrite one_value. ring.
    - destruct (l =? 0)%nat; [|reflexivity]. rewrite apply_seq. apply total_ext. intros i _. now rewrite rational_value.
  Qed.

  Lemma meaning_snoc phi words w : all_valid (words ++ [w]) ->
    meaning phi (words ++ [w]) = meaning (fun x => apply_form phi (image w x)) words.
  Proof.
    intros V. destruct (all_valid_app words w V) as [V' W]. destruct (correct_all words V') as (Q & _ & _).
    unfold meaning. rewrite reached_snoc. destruct (reached words) as [q L]. cbn [fst] in Q. unfold advance. cbn [fst snd].
    pose proof (transitions q w Q W) as T. unfold transition_ok in T. rewrite !Bool.andb_true_iff in T.
    destruct T as [[_ T] _]. apply Nat.eqb_eq in T. fold count in T.
    assert (E1 : apply_form phi (image w (One q)) =
      phi (One (next_situation q w)) + total count (fun i => val (snd (nth i (move q w) ([], []))) * phi (Reg (next_situation q w) i))).
    { cbn [Networks.image apply_form]. rewrite apply_seq, one_value. fold count. ring. }
    assert (E2 : forall i, (i < count)%nat -> apply_form phi (image w (Reg q i)) =
      val (fst (nth i (move q w) ([], []))) * phi (Reg (next_situation q w) i)).
    { intros i Hi. cbn [Networks.image]. rewrite (nth_error_nth' (move q w) ([], [])) by (rewrite T; exact Hi).
      destruct (nth i (move q w) ([], [])) as [a b]. cbn [fst apply_form]. ring. }
    rewrite E1, (total_ext count (fun i => L i * _) (fun i => L i * (val (fst (nth i (move q w) ([], []))) * phi (Reg (next_situation q w) i)))).
    2: { intros i Hi. now rewrite E2. }
    set (t := length words).
    assert (E3 : total (S (Nat.min delay (length (words ++ [w])))) (fun l => total (size wa) (fun j =>
        row_after wa (firstn (length (words ++ [w]) - l) (words ++ [w])) j * phi (Lag l j)))
      = total (S (Nat.min delay t)) (fun l => total (size wa) (fun j =>
        row_after wa (firstn (t - l) words) j * apply_form phi (image w (Lag l j))))).
    { rewrite app_length. cbn [length]. replace (length words + 1)%nat with (S t) by (unfold t; lia).
      rewrite total_shift. rewrite Nat.sub_0_r.
      rewrite (firstn_all2 (n := S t) (words ++ [w])) by (rewrite app_length; cbn; unfold t; lia).
      rewrite (total_ext (S (Nat.min delay t)) _ (fun l =>
        total (size wa) (fun j => row_after wa (firstn (t - l) words) j * (if (l <? delay)%nat then phi (Lag (S l) j) else 0))
        + total (size wa) (fun j => row_after wa (firstn (t - l) words) j *
            (if (l =? 0)%nat then total (size wa) (fun i => entry (nth j (nth w (matrices wa) []) []) i * phi (Lag 0 i)) else 0)))).
      2: { intros l _. rewrite <- total_plus. apply total_ext. intros j _. rewrite image_lag. ring. }
      rewrite total_plus. rewrite Rplus_comm. f_equal.
      - destruct (le_lt_dec delay t) as [D|D].
        + rewrite (Nat.min_l delay t) by exact D. rewrite (Nat.min_l delay (S t)) by lia. cbn [total].
          rewrite (total_ext (size wa) (fun j => _ * (if (delay <? delay)%nat then _ else _)) (fun _ => 0)).
          2: { intros j _. rewrite Nat.ltb_irrefl. ring. }
          rewrite total_zero, Rplus_0_r. apply total_ext. intros l Hl. apply total_ext. intros j _.
          cbn [Nat.sub]. unfold t. rewrite firstn_snoc. destruct (Nat.ltb_spec l delay); [reflexivity|lia].
        + rewrite (Nat.min_r delay t) by lia. rewrite (Nat.min_r delay (S t)) by lia.
          apply total_ext. intros l Hl. apply total_ext. intros j _. cbn [Nat.sub]. unfold t. rewrite firstn_snoc.
          destruct (Nat.ltb_spec l delay); [reflexivity|lia].
      - rewrite total_shift.
        rewrite (total_ext (Nat.min delay t) _ (fun _ => 0)).
        2: { intros l _. rewrite (total_ext (size wa) _ (fun _ => 0)); [apply total_zero|]. intros j _. cbn. ring. }
        rewrite total_zero, Rplus_0_r. cbn [Nat.eqb]. rewrite Nat.sub_0_r. unfold t. rewrite firstn_all.
        unfold row_after at 1. rewrite fold_left_app. cbn [fold_left]. fold (row_after wa words). unfold next.
        rewrite (total_ext (size wa) (fun j => total _ _ * phi (Lag 0 j)) (fun j => total (size wa) (fun i =>
          row_after wa words i * (entry (nth i (nth w (matrices wa) []) []) j * phi (Lag 0 j))))).
        2: { intros j _. rewrite Rmult_comm, <- total_scale. apply total_ext. intros i _. ring. }
        rewrite total_swap. apply total_ext. intros i _. now rewrite total_scale. }
    rewrite E3.
    rewrite (total_ext count (fun i => (_ * L i + _) * phi _) (fun i =>
      val (snd (nth i (move q w) ([], []))) * phi (Reg (next_situation q w) i)
      + L i * (val (fst (nth i (move q w) ([], []))) * phi (Reg (next_situation q w) i)))) by (intros i _; ring).
    rewrite total_plus. ring.
  Qed.

  Lemma vector_after_meaning phi words : all_valid words -> apply_form phi (vector_after net delay wa prf words) = meaning phi words.
  Proof.
    revert phi. induction words as [|w words IH] using rev_ind; intros phi V; [apply meaning_start|].
    unfold vector_after. rewrite fold_left_app. cbn [fold_left]. rewrite apply_collect, apply_after.
    rewrite (meaning_snoc phi words w V). apply IH. now apply all_valid_app in V.
  Qed.

  Lemma situation_after_reached words : situation_after prf words = fst (reached words).
  Proof.
    induction words as [|w words IH] using rev_ind; [reflexivity|]. rewrite reached_snoc. unfold situation_after.
    rewrite fold_left_app. cbn [fold_left advance fst]. f_equal. exact IH.
  Qed.

  Lemma form_value_apply form v : val (form_value form v) = apply_form (fun x => val (form x)) v.
  Proof.
    induction v as [|[x c] v IH]; [reflexivity|]. cbn [form_value fold_right fst snd apply_form]. unfold form_value in IH.
    now rewrite plus_value, times_value, IH by exact nonzero.
  Qed.

  (** * The readout and the specification *)

  Lemma index_of_nth n rs j : index_of n rs = Some j -> nth_error rs j = Some n.
  Proof.
    revert j. induction rs as [|r rs IH]; intros j; cbn [index_of]; [discriminate|].
    destruct (Nat.eqb_spec n r) as [->|]; [intros [= <-]; reflexivity|].
    destruct (index_of n rs) as [i|]; cbn; [|discriminate]. intros [= <-]. now apply IH.
  Qed.

  Definition limit_part (ts : list (nat * constant)) (q : nat) (L : nat -> R) : R :=
    val (limit_form net prf ts (One q)) + total count (fun i => L i * val (limit_form net prf ts (Reg q i))).

  Lemma readout_near ts words : all_valid words -> readable net ts prf (fst (reached words)) = true ->
    near (fun k => read net ts (run net k words)) (limit_part ts (fst (reached words)) (snd (reached words))).
  Proof.
    intros V. destruct (correct_all words V) as (_ & H & G). destruct (reached words) as [q L]. cbn [fst snd] in *.
    induction ts as [|[n c] ts IH]; intros Rd.
    - exists (fun _ => 0). split; [apply tiny_0|]. intros k K. unfold limit_part. cbn [limit_form read value].
      rewrite (total_ext _ _ (fun _ => 0)) by (intros; ring). rewrite total_zero.
      replace (0 - (0 + 0)) with 0 by ring. rewrite Rabs_R0. lra.
    - unfold readable in Rd. cbn [forallb] in Rd. rewrite Bool.andb_true_iff in Rd. destruct Rd as [R1 R2].
      specialize (IH R2). cbn [fst] in R1.
      assert (N : exists x, near (fun k => nth n (run net k words) 0) x /\ limit_part ((n, c) :: ts) q L = val c * x + limit_part ts q L).
      { unfold limit_part. cbn [limit_form]. destruct (index_of n (registers prf)) as [j|] eqn:E.
        - pose proof (index_of_nth _ _ _ E) as J. exists (L j). split; [exact (G j n J)|]. rewrite plus_value. cbn [value].
          rewrite (total_ext count (fun i => L i * val (plus (if (i =? j)%nat then c else []) _))
            (fun i => L i * (if Nat.eqb i j then val c else 0) + L i * val (limit_form net prf ts (Reg q i)))).
          2: { intros i _. rewrite plus_value. destruct (Nat.eqb i j); cbn [value]; ring. }
          rewrite total_plus, total_pick; [ring|]. unfold count. apply nth_error_Some. congruence.
        - pose proof ((bound_means A) _ _ (stands_at q n _ H)) as M. destruct (bound_known (known_at net prf q n)) as [x|] eqn:K; [|discriminate].
          exists (val (offset x)). split.
          + now apply (exact_near A).
          + unfold limit_of. rewrite K, plus_value, times_value by exact nonzero.
            rewrite (total_ext count (fun i => L i * val (plus [] _)) (fun i => L i * val (limit_form net prf ts (Reg q i)))).
            2: { intros i _. reflexivity. }
            ring. }
      destruct N as (x & (t & T & N) & ->). destruct IH as (u & U & IH).
      exists (fun k => Rabs (val c) * t k + u k). split.
      + apply tiny_plus; [|exact U]. apply tiny_scale; [apply Rabs_pos|exact T].
      + intros k K. specialize (N k K). specialize (IH k K). cbn [read]. rewrite number_value.
        replace (val c * nth n (run net k words) 0 + read net ts (run net k words) - (val c * x + limit_part ts q L))
          with (val c * (nth n (run net k words) 0 - x) + (read net ts (run net k words) - limit_part ts q L)) by ring.
        apply (Rle_trans _ _ _ (Rabs_triang _ _)). rewrite Rabs_mult. pose proof (Rabs_pos (val c)).
        apply Rplus_le_compat; [now apply Rmult_le_compat_l|exact IH].
  Qed.

  Lemma limit_form_lag ts l j : val (limit_form net prf ts (Lag l j)) = 0.
  Proof.
    induction ts as [|[n c] ts IH]; [reflexivity|]. cbn [limit_form]. rewrite plus_value, IH.
    destruct (index_of n (registers prf)); cbn [value]; ring.
  Qed.

  Lemma limit_meaning words :
    meaning (fun x => val (limit_form net prf terms x)) words = limit_part terms (fst (reached words)) (snd (reached words)).
  Proof.
    unfold meaning, limit_part. destruct (reached words) as [q L]. cbn [fst snd].
    rewrite (total_ext (S (Nat.min delay (length words))) _ (fun _ => 0)).
    2: { intros l _. rewrite (total_ext _ _ (fun _ => 0)); [apply total_zero|]. intros j _. rewrite limit_form_lag. ring. }
    rewrite total_zero. unfold count. ring.
  Qed.

  Lemma readout_limit words : all_valid words -> readable net terms prf (fst (reached words)) = true ->
    readout_tends_to net terms words (meaning (fun x => val (limit_form net prf terms x)) words).
  Proof.
    intros V Rd. destruct (readout_near terms words V Rd) as (t & T & H). unfold readout_tends_to.
    apply (tiny_limit _ _ t T). intros k K. rewrite limit_meaning. now apply H.
  Qed.

  Lemma specified_meaning words : (delay <= length words)%nat ->
    meaning (fun x => val (specified_form delay wa x)) words = specified wa (firstn (length words - delay) words).
  Proof.
    intros D. unfold meaning. destruct (reached words) as [q L]. cbn [specified_form value].
    rewrite (total_ext count _ (fun _ => 0)) by (intros; ring). rewrite total_zero, Nat.min_l by exact D. cbn [total].
    rewrite (total_ext delay _ (fun _ => 0)).
    2: { intros l Hl. rewrite (total_ext _ _ (fun _ => 0)); [apply total_zero|]. intros j _.
         destruct (Nat.eqb_spec l delay); [lia|]. cbn. ring. }
    rewrite total_zero. unfold specified. rewrite !Rplus_0_l. apply total_ext. intros j Hj.
    rewrite Nat.eqb_refl. apply Nat.ltb_lt in Hj. rewrite Hj. cbn [andb]. now rewrite rational_value.
  Qed.

  Lemma meaning_minus phi psi words : meaning (fun x => phi x - psi x) words = meaning phi words - meaning psi words.
  Proof.
    unfold meaning. destruct (reached words) as [q L].
    rewrite (total_ext count _ (fun i => L i * phi (Reg q i) + -1 * (L i * psi (Reg q i)))) by (intros; ring).
    rewrite total_plus, total_scale.
    rewrite (total_ext (S (Nat.min delay (length words))) _ (fun l =>
      total (size wa) (fun j => row_after wa (firstn (length words - l) words) j * phi (Lag l j))
      + -1 * total (size wa) (fun j => row_after wa (firstn (length words - l) words) j * psi (Lag l j)))).
    2: { intros l _. rewrite <- total_scale, <- total_plus. apply total_ext. intros; ring. }
    rewrite total_plus, total_scale. ring.
  Qed.

  (** * The span of what is reached *)

  Definition vanishes (phi : key -> R) (vs : list vector) : Prop := forall v, In v vs -> apply_form phi v = 0.

  Lemma apply_minus phi psi v : apply_form (fun x => phi x - psi x) v = apply_form phi v - apply_form psi v.
  Proof. induction v as [|[x c] v IH]; cbn [apply_form]; [ring|]. rewrite IH. ring. Qed.

  Lemma is_nonzero_value c : is_nonzero ctx c = true -> val c <> 0.
  Proof.
    unfold is_nonzero. destruct (sign ctx c) as [[]|] eqn:E; try discriminate; intros _;
      apply (sign_ok table) in E; fold A in E; cbn in E; lra.
  Qed.

  Lemma combination_vanishes phi later row : vanishes phi later -> apply_form phi (combination later row) = 0.
  Proof.
    intros H. induction row as [|[i c] row IH]; [reflexivity|]. cbn [combination flat_map fst snd].
    rewrite apply_app, apply_scaled. unfold combination in IH. rewrite IH.
    destruct (nth_in_or_default i later []) as [J| ->]; [rewrite (H _ J); ring|cbn; ring].
  Qed.

  Lemma in_combine_left (l : list vector) (m : list (list (constant * list (nat * constant)))) v :
    In v l -> (length l <= length m)%nat -> exists r, In (v, r) (combine l m).
  Proof.
    revert m. induction l as [|x l IH]; intros m; cbn [In length]; [tauto|]. destruct m as [|y m]; cbn [length]; [lia|].
    intros [->|J] H; [exists y; now left|]. destruct (IH m J) as [r K]; [lia|]. exists r. now right.
  Qed.

  Lemma level_step phi n later w : level_ok net delay wa prf ctx n later = true -> (w < width)%nat -> vanishes phi later ->
    vanishes (fun x => apply_form phi (image w x)) (nth n (levels prf) []).
  Proof.
    unfold level_ok. rewrite Bool.andb_true_iff, forallb_forall, Nat.leb_le. intros [H S] W Z v J.
    destruct (in_combine_left _ _ v J S) as [r K]. specialize (H _ K). cbn [fst snd] in H.
    rewrite forallb_forall in H. specialize (H w). rewrite in_seq in H. specialize (H (conj (Nat.le_0_l w) W)).
    unfold image_ok in H. destruct (nth_error r w) as [[m row]|]; [|discriminate]. rewrite Bool.andb_true_iff in H.
    destruct H as [M N]. apply is_nonzero_value in M. apply (minus_vector_null phi) in N.
    rewrite apply_scaled, apply_after, (combination_vanishes phi later row Z) in N. now apply Rmult_integral in N as [|].
  Qed.

  Lemma span_all : span_ok net delay wa prf ctx = true -> forall words, all_valid words -> forall phi,
    vanishes phi (nth (Nat.min (length words) (earliest delay)) (levels prf) []) -> meaning phi words = 0.
  Proof.
    unfold span_ok. rewrite !Bool.andb_true_iff, forallb_forall. intros [[B F] T].
    induction words as [|w words IH] using rev_ind; intros V phi Z.
    - cbn [length Nat.min] in Z. destruct (nth 0 (levels prf) []) as [|v vs]; [discriminate|].
      rewrite <- meaning_start, (minus_vector_null phi _ _ B). apply Z. now left.
    - rewrite (meaning_snoc phi words w V). destruct (all_valid_app words w V) as [V' W]. apply (IH V').
      rewrite app_length in Z. cbn [length] in Z. rewrite Nat.add_1_r in Z.
      destruct (le_lt_dec (earliest delay) (length words)) as [L|L].
      + rewrite Nat.min_r in Z |- * by lia. exact (level_step phi _ _ w T W Z).
      + rewrite Nat.min_l in Z |- * by lia.
        apply (level_step phi _ (nth (S (length words)) (levels prf) [])); [|exact W|exact Z]. apply F, in_seq. lia.
  Qed.
End Soundness.

(** * The theorems that generated files use *)

Lemma computes_limit net terms delay wa prf : computes_ok net terms delay wa prf (context_of (atoms net)) = true ->
  forall words, all_valid net words -> (1 <= length words)%nat -> (delay <= length words)%nat ->
  limit_part net prf terms (fst (reached net prf words)) (snd (reached net prf words))
  = specified wa (firstn (length words - delay) words).
Proof.
  unfold computes_ok. rewrite !Bool.andb_true_iff, !forallb_forall. intros [[[[O I] S] _] Ag] words V P D.
  rewrite <- (specified_meaning net delay wa prf words D).
  rewrite <- (limit_meaning net terms delay wa prf words).
  apply Rminus_diag_uniq. rewrite <- meaning_minus. apply (span_all net delay wa prf O I S words V).
  rewrite Nat.min_r by (unfold earliest; lia). intros v J. specialize (Ag v J). unfold agree in Ag.
  apply (equal_value (atom_values (atoms net) [])) in Ag.
  rewrite !(form_value_apply net O) in Ag. rewrite apply_minus. lra.
Qed.

Theorem check_computes net terms delay wa prf :
  computes_ok net terms delay wa prf (context_of (atoms net)) = true -> computes net terms delay wa.
Proof.
  intros C words V P D. rewrite <- (computes_limit net terms delay wa prf C words V P D).
  unfold computes_ok in C. rewrite !Bool.andb_true_iff, !forallb_forall in C. destruct C as [[[[O I] S] Rd] _].
  assert (Rw : readable net terms prf (fst (reached net prf words)) = true).
  { apply Rd, in_seq. destruct (correct_all net prf O I words V) as [Q _]. lia. }
  rewrite <- (limit_meaning net terms delay wa prf words). now apply readout_limit.
Qed.

Theorem check_counterexample net terms delay wa prf words limit other :
  counterexample_ok net terms delay wa prf (context_of (atoms net)) words limit other = true ->
  counterexample net terms delay wa words limit other.
Proof.
  unfold counterexample_ok, limit_ok, valid. rewrite !Bool.andb_true_iff, forallb_forall, !Nat.leb_le.
  intros [[[[[[[O I] V] P] D] [Rd L]] E] N].
  assert (V' : all_valid net words) by (intros w W; apply Nat.ltb_lt, V, W).
  rewrite (situation_after_reached net prf words) in Rd.
  apply (equal_value (atom_values (atoms net) [])) in L, E.
  rewrite (form_value_apply net O), (vector_after_meaning net delay wa prf O I) in L, E by exact V'.
  unfold counterexample. refine (conj _ (conj P (conj D (conj _ (conj _ _))))).
  - intros w W. exact (V' w W).
  - unfold number. rewrite <- L. now apply (readout_limit net terms delay wa prf O I).
  - unfold number. rewrite <- E. symmetry. now apply specified_meaning.
  - intros X. unfold number in X. apply (is_nonzero_value net) in N. apply N.
    rewrite minus_value. lra.
Qed.

Theorem check_trace net terms prf words limits :
  trace_ok net terms 0 {| first := []; matrices := []; final := [] |} prf (context_of (atoms net)) words limits = true ->
  trace net terms words limits.
Proof.
  set (wa := {| first := []; matrices := []; final := [] |}).
  unfold trace_ok, limit_ok, valid. rewrite !Bool.andb_true_iff, !forallb_forall, Nat.eqb_eq. intros [[[[O I] V] C] H].
  split; [exact C|]. intros t [T1 T2]. specialize (H t). rewrite in_seq in H. specialize (H ltac:(lia)).
  rewrite Bool.andb_true_iff in H. destruct H as [Rd L].
  assert (V' : all_valid net (firstn t words)).
  { intros w W. apply Nat.ltb_lt, V. rewrite <- (firstn_skipn t words). apply in_or_app. now left. }
  rewrite (situation_after_reached net prf) in Rd.
  apply (equal_value (atom_values (atoms net) [])) in L.
  rewrite (form_value_apply net O), (vector_after_meaning net 0 wa prf O I) in L by exact V'.
  unfold number. rewrite <- L. now apply (readout_limit net terms 0 wa prf O I).
Qed.
