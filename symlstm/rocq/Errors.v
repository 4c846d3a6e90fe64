(** The error of a readout at every length and every scale k >= k0: an invariant with rates and equal coordinates. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import Reals Lra Lia List QArith Qreals ZArith Qminmax.
From Symlstm Require Import Definitions Constants Limits Networks Soundness Rates RatedNetworks.
Import ListNotations.
Local Open Scope R_scope.

Section Checker.
  Variables (net : network) (terms : list (nat * constant)) (k0 : Q) (prf : proof) (rts : rates)
    (ctx : context) (low high : precise).  (* high: for registers, whose bounds are not rounded *)

  Let table := atoms net.
  Let d := hidden net.
  Let width := length (vocabulary net).

  Definition r_box (q : nat) : list (nat * (constant * error)) := nth q (r_situations rts) [].
  Definition rep (q n : nat) : nat := nth n (nth q (r_equal rts) []) n.

  Fixpoint r_lookup (n : nat) (known : list (nat * (constant * error))) : option rated :=
    match known with
    | [] => None
    | (m, (main, err)) :: known => if Nat.eqb n m then Some (Rated [] main err) else r_lookup n known
    end.

  Definition both (v w : weight) : weight := (plus (fst v) (fst w), plus (snd v) (snd w)).
  Definition opposite (w : weight) : weight := (scale (-1) (fst w), scale (-1) (snd w)).
  Definition null_weight (w : weight) : bool := is_zero (fst w) && is_zero (snd w).

  Definition fixed (word row : nat) : weight :=
    both (nth word (nth row (weight_ih net) []) ([], []))
      (both (nth row (bias_ih net) ([], [])) (nth row (bias_hh net) ([], []))).

  Fixpoint insert_weight (n : nat) (w : weight) (ws : list (nat * weight)) : list (nat * weight) :=
    match ws with
    | [] => [(n, w)]
    | (m, v) :: ws => if Nat.eqb n m then (m, both w v) :: ws else (m, v) :: insert_weight n w ws
    end.

  Section Step.
    Variables (rc : precise) (q word : nat).

    Fixpoint collapsed (ws : list weight) (j : nat) (known : list (nat * weight)) : list (nat * weight) :=
      match ws with [] => known | w :: ws => collapsed ws (S j) (insert_weight (rep q j) w known) end.

    Definition r_plus (x y : option rated) : option rated :=
      match x, y with Some x, Some y => Some (r_add x y) | _, _ => None end.

    Definition r_times (x y : option rated) : option rated :=
      match x, y with Some x, Some y => r_multiply rc x y | _, _ => None end.

    Definition weight_rated (w : weight) : rated := r_exactly (fst w) (snd w).

    Fixpoint r_dot (ws : list (nat * weight)) : option rated :=
      match ws with
      | [] => Some (r_exactly [] [])
      | (n, w) :: ws =>
          if null_weight w then r_dot ws else r_plus (r_times (Some (weight_rated w)) (r_lookup n (r_box q))) (r_dot ws)
      end.

    Definition r_preactivation (row : nat) : option rated :=
      r_plus (Some (weight_rated (fixed word row))) (r_dot (collapsed (nth row (weight_hh net) []) 0 [])).

    Definition r_gate (row : nat) : option rated := Some (r_sigmoid table k0 ctx rc (r_preactivation row)).
    Definition r_tanh_gate (row : nat) : option rated := Some (r_tanh table k0 ctx rc (r_preactivation row)).
    Definition r_forget (j : nat) : option rated := r_gate (d + j).
    Definition r_increment (j : nat) : option rated := r_times (r_gate j) (r_tanh_gate (2 * d + j)).
    Definition r_cell (j : nat) : option rated :=
      r_plus (r_times (r_forget j) (r_lookup (d + j) (r_box q))) (r_increment j).

    Definition r_step (n : nat) : option rated :=
      match cell net with
      | LSTM => if (n <? d)%nat then r_times (r_gate (3 * d + n)) (Some (r_tanh table k0 ctx rc (r_cell n))) else r_cell (n - d)
      | RNN_sigmoid => r_gate n
      | RNN_tanh => r_tanh_gate n
      end.

    Definition all_null (ws : list (nat * weight)) : bool := forallb (fun nw => null_weight (snd nw)) ws.

    Definition same_rows (r s : nat) : bool :=
      null_weight (both (fixed word r) (opposite (fixed word s)))
      && all_null (collapsed (nth r (weight_hh net) []) 0 (collapsed (map opposite (nth s (weight_hh net) [])) 0 [])).

    Definition null_row (r : nat) : bool :=
      null_weight (fixed word r) && all_null (collapsed (nth r (weight_hh net) []) 0 []).

    Definition same_cell (j i : nat) : bool :=
      same_rows (d + j) (d + i) && Nat.eqb (rep q (d + j)) (rep q (d + i))
      && ((same_rows j i && same_rows (2 * d + j) (2 * d + i)) || (null_row (2 * d + j) && null_row (2 * d + i))).

    Definition same_step (n m : nat) : bool :=
      Nat.eqb n m
      || match cell net with
         | LSTM =>
             if (n <? d)%nat then (m <? d)%nat && same_rows (3 * d + n) (3 * d + m) && same_cell n m
             else (d <=? m)%nat && same_cell (n - d) (m - d)
         | _ => same_rows n m
         end.
  End Step.

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

  Definition r_all_inside (f : nat -> option rated) (q : nat) : bool :=
    forallb (fun e => r_inside (f (fst e)) (fst (snd e)) (snd (snd e))) (r_box q).

  Definition start_constant (n : nat) : constant := nth n (h0 net ++ c0 net) [].

  Definition r_transition_ok (q word : nat) : bool :=
    let p := next_situation prf q word in
    r_all_inside (r_step low q word) p
    && forallb (fun n => same_step q word n (rep p n)) (seq 0 (length (nth p (r_equal rts) []))).

  Definition r_invariant_ok : bool :=
    r_all_inside (fun n => Some (r_exactly [] (start_constant n))) 0
    && forallb (fun n => equal (start_constant n) (start_constant (rep 0 n))) (seq 0 (length (nth 0 (r_equal rts) [])))
    && forallb (fun q => forallb (r_transition_ok q) (seq 0 width)) (seq 0 (length (situations prf))).

  (** * Growth *)

  Definition at_most_1 (x : Q) : bool := Qle_bool x 1.

  Definition growth_step_ok (r i : nat) (g : growth) (q word : nat) : bool :=
    let p := next_situation prf q word in
    let '(a, b) := nth i (move prf q word) ([], []) in
    match r_forget high q word (r - d), r_increment high q word (r - d), above high a, above high b with
    | Some f, Some inc, Some fa, Some fb =>
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
    | _, _, _, _ => false
    end.

  Definition growth_ok (r i : nat) (g : growth) : bool :=
    is_lstm net && (d <=? r)%nat && Qle_bool 0 (g_slope g)
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
               forallb (fun q => match r_lookup (fst t) (r_box q) with
                                 | Some x => equal (r_offset x) (limit_of prf q (fst t))
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
        match r_lookup (fst t) (r_box q) with Some x => scaled_error s (r_error x) | None => [] end ++ constant_of q ts sgs
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
  Let d := hidden net.
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

  Lemma scaled_both k v w : scaled net k (both v w) = scaled net k v + scaled net k w.
  Proof. unfold scaled, number, both. cbn [fst snd]. rewrite !plus_value. ring. Qed.

  Lemma scaled_opposite k w : scaled net k (opposite w) = - scaled net k w.
  Proof.
    unfold scaled, number, opposite. cbn [fst snd]. fold table A. rewrite !scale_value by exact nonzero.
    unfold Q2R; simpl. lra.
  Qed.

  Lemma scaled_null k w : null_weight w = true -> scaled net k w = 0.
  Proof.
    unfold null_weight. rewrite Bool.andb_true_iff. intros [P Q]. apply (is_zero_value A) in P, Q.
    unfold scaled, number. fold table A. rewrite P, Q. ring.
  Qed.

  Fixpoint sum_of (k : R) (ws : list (nat * weight)) (s : nat -> R) : R :=
    match ws with [] => 0 | (n, w) :: ws => scaled net k w * s n + sum_of k ws s end.

  Lemma insert_weight_sum k n w ws s : sum_of k (insert_weight n w ws) s = scaled net k w * s n + sum_of k ws s.
  Proof.
    induction ws as [|[m v] ws IH]; cbn [insert_weight sum_of]; [reflexivity|].
    destruct (Nat.eqb_spec n m) as [->|]; cbn [sum_of]; [rewrite scaled_both; ring|]. rewrite IH. ring.
  Qed.

  Lemma collapsed_sum k q s ws : (forall n, s n = s (rep q n)) -> forall j known,
    sum_of k (collapsed rts q ws j known) s = dot net k ws s j + sum_of k known s.
  Proof.
    intros E. induction ws as [|w ws IH]; intros j known; cbn [collapsed dot]; [ring|].
    rewrite IH, insert_weight_sum, <- E. ring.
  Qed.

  Lemma all_null_sum k ws s : all_null ws = true -> sum_of k ws s = 0.
  Proof.
    induction ws as [|[n w] ws IH]; cbn [all_null forallb sum_of snd]; [reflexivity|].
    rewrite Bool.andb_true_iff. intros [N H]. rewrite (scaled_null k w N), (IH H). ring.
  Qed.

  Lemma preactivation_fixed k word s row :
    preactivation net k word s row = scaled net k (fixed net word row) + dot net k (nth row (weight_hh net) []) s 0.
  Proof. unfold preactivation, fixed. rewrite !scaled_both. ring. Qed.

  Lemma dot_opposite k ws s : forall j, dot net k (map opposite ws) s j = - dot net k ws s j.
  Proof. induction ws as [|w ws IH]; intros j; cbn [map dot]; [ring|]. rewrite IH, scaled_opposite. ring. Qed.

  Section Equal.
    Variables (k : R) (q word : nat) (s : nat -> R).
    Hypothesis E : forall n, s n = s (rep q n).

    Lemma same_rows_eq r t : same_rows net rts q word r t = true ->
      preactivation net k word s r = preactivation net k word s t.
    Proof.
      unfold same_rows. rewrite Bool.andb_true_iff. intros [F N]. apply (scaled_null k) in F.
      apply (all_null_sum k _ s) in N. rewrite !collapsed_sum, dot_opposite in N by exact E.
      rewrite scaled_both, scaled_opposite in F. rewrite !preactivation_fixed. cbn [sum_of] in N. lra.
    Qed.

    Lemma null_row_eq r : null_row net rts q word r = true -> preactivation net k word s r = 0.
    Proof.
      unfold null_row. rewrite Bool.andb_true_iff. intros [F N]. apply (scaled_null k) in F.
      apply (all_null_sum k _ s) in N. rewrite collapsed_sum in N by exact E.
      rewrite preactivation_fixed. cbn [sum_of] in N. lra.
    Qed.

    Lemma same_cell_eq j i : same_cell net rts q word j i = true -> lstm_cell net k word s j = lstm_cell net k word s i.
    Proof.
      unfold same_cell. rewrite !Bool.andb_true_iff, Bool.orb_true_iff, !Bool.andb_true_iff. intros [[F C] I].
      apply Nat.eqb_eq in C. unfold lstm_cell. fold d. apply same_rows_eq in F. fold d in F.
      rewrite F, (E (d + j)), (E (d + i)). fold d in C. rewrite C. f_equal.
      destruct I as [[I G]|[I G]].
      - apply same_rows_eq in I, G. fold d in G. now rewrite I, G.
      - apply null_row_eq in I, G. fold d in I, G. rewrite I, G. replace (tanh 0) with 0; [ring|].
        rewrite tanh_exp, Rmult_0_r, exp_0. field.
    Qed.

    Lemma same_step_eq n m : same_step net rts q word n m = true -> step net k s word n = step net k s word m.
    Proof.
      unfold same_step. rewrite Bool.orb_true_iff. intros [H|H]; [apply Nat.eqb_eq in H; now subst|]. unfold step. fold d. fold d in H.
      destruct (cell net).
      - destruct (n <? d)%nat.
        + rewrite !Bool.andb_true_iff in H. destruct H as [[M O] C]. rewrite M. unfold lstm_hidden. fold d.
          apply same_rows_eq in O. apply same_cell_eq in C. now rewrite O, C.
        + apply Bool.andb_true_iff in H. destruct H as [M C]. apply Nat.leb_le in M.
          destruct (Nat.ltb_spec m d); [lia|]. now apply same_cell_eq.
      - apply same_rows_eq in H. now rewrite H.
      - apply same_rows_eq in H. now rewrite H.
    Qed.
  End Equal.

  (** One step, for states at each scale that lie in the box and have the equal coordinates of a situation. *)
  Section Step.
    Variables (rc : precise) (q word : nat) (s : R -> nat -> R).
    Hypothesis rc_ok : enclosed (known_atoms rc) A.
    Hypothesis E : forall k n, s k n = s k (rep q n).
    Hypothesis given : forall n, r_holds_if_known (r_lookup n (r_box q)) (fun k => s k n).

    Lemma weight_holds w : r_holds (weight_rated w) (fun k => scaled net k w).
    Proof. apply r_exactly_holds. intros k. reflexivity. Qed.

    Lemma r_plus_holds o p f g : r_holds_if_known o f -> r_holds_if_known p g -> r_holds_if_known (r_plus o p) (fun k => f k + g k).
    Proof. destruct o, p; cbn [r_plus RatedNetworks.r_holds_if_known]; trivial. now apply r_add_holds. Qed.

    Lemma r_times_holds o p f g : r_holds_if_known o f -> r_holds_if_known p g -> r_holds_if_known (r_times rc o p) (fun k => f k * g k).
    Proof.
      destruct o as [x|], p as [y|]; cbn [r_times RatedNetworks.r_holds_if_known]; trivial. intros H G.
      destruct (r_multiply rc x y) as [z|] eqn:M; [|exact I].
      now apply (r_multiply_holds table k0 rc ok rc_ok large x y z).
    Qed.

    Lemma r_dot_holds ws : r_holds_if_known (r_dot rts rc q ws) (fun k => sum_of k ws (s k)).
    Proof.
      induction ws as [|[n w] ws IH]; cbn [r_dot sum_of].
      - apply r_exactly_holds. intros k. cbn. ring.
      - destruct (null_weight w) eqn:N.
        + destruct (r_dot rts rc q ws) as [x|]; [|exact I].
          apply (r_ext table k0 x (fun k => sum_of k ws (s k))); [|exact IH]. intros k _. rewrite (scaled_null k w N). ring.
        + apply r_plus_holds; [|exact IH]. apply r_times_holds; [apply weight_holds|apply given].
    Qed.

    Lemma r_preactivation_holds row :
      r_holds_if_known (r_preactivation net rts rc q word row) (fun k => preactivation net k word (s k) row).
    Proof.
      unfold r_preactivation.
      assert (H := r_plus_holds (Some (weight_rated (fixed net word row))) _ _ _ (weight_holds _) (r_dot_holds (collapsed rts q (nth row (weight_hh net) []) 0 []))).
      destruct (r_plus _ _) as [x|]; [|exact I]. apply (r_ext table k0 x _ _ (fun k _ => eq_refl)) in H.
      apply (r_ext table k0 x _ (fun k => preactivation net k word (s k) row)) in H; [exact H|]. intros k _.
      cbn beta. rewrite collapsed_sum by (intros n; apply E). rewrite preactivation_fixed. cbn [sum_of]. ring.
    Qed.

    Lemma r_gate_holds row : r_holds_if_known (r_gate net k0 rts ctx rc q word row) (fun k => sigmoid (preactivation net k word (s k) row)).
    Proof. apply (r_sigmoid_holds table k0 ctx rc ok eq_refl rc_ok large). apply r_preactivation_holds. Qed.

    Lemma r_tanh_gate_holds row : r_holds_if_known (r_tanh_gate net k0 rts ctx rc q word row) (fun k => tanh (preactivation net k word (s k) row)).
    Proof. apply (r_tanh_holds table k0 ctx rc ok eq_refl rc_ok large). apply r_preactivation_holds. Qed.

    Lemma r_increment_holds j : r_holds_if_known (r_increment net k0 rts ctx rc q word j)
      (fun k => sigmoid (preactivation net k word (s k) j) * tanh (preactivation net k word (s k) (2 * d + j))).
    Proof. apply r_times_holds; [apply r_gate_holds|apply r_tanh_gate_holds]. Qed.

    Lemma r_cell_holds j : r_holds_if_known (r_cell net k0 rts ctx rc q word j) (fun k => lstm_cell net k word (s k) j).
    Proof. apply r_plus_holds; [|apply r_increment_holds]. apply r_times_holds; [apply r_gate_holds|apply given]. Qed.

    Lemma r_step_holds n : r_holds_if_known (r_step net k0 rts ctx rc q word n) (fun k => step net k (s k) word n).
    Proof.
      unfold r_step, step. destruct (cell net); [|apply r_gate_holds|apply r_tanh_gate_holds]. fold d.
      destruct (n <? d)%nat; [|apply r_cell_holds]. apply r_times_holds; [apply r_gate_holds|].
      apply (r_tanh_holds table k0 ctx rc ok eq_refl rc_ok large). apply r_cell_holds.
    Qed.
  End Step.

  Lemma r_inside_holds o main err f : r_inside k0 low o main err = true -> r_holds_if_known o f -> r_holds (Rated [] main err) f.
  Proof.
    destruct o as [x|]; [|discriminate]. cbn [r_inside RatedNetworks.r_holds_if_known]. rewrite Bool.andb_true_iff. intros [Z W] H k K.
    specialize (H k K). apply (is_zero_value A) in Z. fold A in H. rewrite Z in H. cbn [r_slope r_offset r_error value]. fold table A.
    destruct (equal (r_offset x) main) eqn:Q.
    - apply (equal_value A nonzero) in Q. rewrite Q in H. apply (Rle_trans _ _ _ H). now apply (within_ok k0 low large).
    - destruct (above low (minus (r_offset x) main)) as [gap|] eqn:G; [|discriminate].
      apply (above_ok table low low_ok nonzero) in G. fold A in G. rewrite minus_value in G by exact nonzero.
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

  Lemma r_all_inside_holds f g q : r_all_inside k0 rts low f q = true -> (forall n, r_holds_if_known (f n) (fun k => g k n)) ->
    forall n, r_holds_if_known (r_lookup n (r_box q)) (fun k => g k n).
  Proof.
    unfold r_all_inside. rewrite forallb_forall. intros H G n. destruct (r_lookup n (r_box q)) as [x|] eqn:X; [|exact I].
    destruct (r_lookup_in n _ x X) as (main & err & -> & M). specialize (H _ M). cbn [fst snd] in H.
    cbn [RatedNetworks.r_holds_if_known]. now apply (r_inside_holds (f n)).
  Qed.

  Hypothesis r_invariant : r_invariant_ok net k0 prf rts ctx low = true.

  Lemma rep_outside q n : (length (nth q (r_equal rts) []) <= n)%nat -> rep q n = n.
  Proof. intros H. unfold Errors.rep. now apply nth_overflow. Qed.

  Definition r_correct (words : list nat) : Prop :=
    let q := fst (reached words) in
    (forall k n, run net k words n = run net k words (rep q n))
    /\ forall n, r_holds_if_known (r_lookup n (r_box q)) (fun k => run net k words n).

  Lemma r_correct_all words : all_valid words -> r_correct words.
  Proof.
    unfold r_invariant_ok in r_invariant. rewrite !Bool.andb_true_iff, !forallb_forall in r_invariant.
    destruct r_invariant as [[S Q] T].
    induction words as [|w words IH] using rev_ind; intros V.
    - split.
      + intros k n. cbn [reached fold_left Soundness.reached fst run]. unfold run. cbn [fold_left]. unfold initial, number. fold table A.
        destruct (le_lt_dec (length (nth 0 (r_equal rts) [])) n) as [L|L].
        * now rewrite (rep_outside 0 n L).
        * apply (equal_value A nonzero). apply Q. apply in_seq. lia.
      + apply (r_all_inside_holds _ _ _ S). intros n. apply r_exactly_holds. intros k. cbn [value].
        unfold run. cbn [fold_left]. unfold initial, number. fold table A. unfold start_constant. ring.
    - destruct (all_valid_app net words w V) as [V' W]. destruct (IH V') as [E H].
      destruct (correct_all net prf ok invariant words V') as (Qn & _ & _).
      unfold r_correct. rewrite reached_snoc. cbn [advance fst]. set (q := fst (reached words)) in *.
      assert (X : r_transition_ok net k0 prf rts ctx low q w = true).
      { specialize (T q). rewrite in_seq in T. specialize (T (conj (Nat.le_0_l q) Qn)). rewrite forallb_forall in T.
        apply T, in_seq. split; [lia|exact W]. }
      unfold r_transition_ok in X. cbv zeta in X. rewrite Bool.andb_true_iff, forallb_forall in X. destruct X as [X Y]. split.
      + intros k n. rewrite !run_snoc. destruct (le_lt_dec (length (nth (next_situation prf q w) (r_equal rts) [])) n) as [L|L].
        * now rewrite (rep_outside _ n L).
        * apply (same_step_eq k q w (run net k words) (E k)). apply Y, in_seq. lia.
      + intros n. assert (Z := r_all_inside_holds _ (fun k n => step net k (run net k words) w n) _ X
          (r_step_holds low q w (fun k => run net k words) low_ok E H) n).
        destruct (r_lookup n (r_box (next_situation prf q w))) as [x|]; [|exact I].
        apply (r_ext table k0 x (fun k => step net k (run net k words) w n)); [|exact Z]. intros k _. now rewrite run_snoc.
  Qed.

  (** * Registers *)

  Section Register.
    Variables (r i : nat) (g : growth).
    Hypothesis r_is : nth_error (registers prf) i = Some r.
    Hypothesis good : growth_ok net k0 prf rts ctx high r i g = true.

    Let off q := Q2R (nth q (g_offset g) 0%Q).

    Lemma growth_holds words : all_valid words ->
      Rabs (snd (reached words) i) <= Q2R (g_slope g) * INR (length words) + off (fst (reached words))
      /\ forall k, Q2R k0 <= k -> Rabs (run net k words r - snd (reached words) i) <=
           ev (g_quadratic g) k * INR (length words) ^ 2 + ev (g_linear g) k * INR (length words)
           + ev (nth (fst (reached words)) (g_constant g) []) k.
    Proof.
      unfold growth_ok in good. rewrite !Bool.andb_true_iff, forallb_forall in good. destruct good as [[[[[L D] SL] S0] C0] T].
      apply Nat.leb_le in D. fold d in D. apply Qle_bool_iff, Qle_Rle in SL. rewrite RMicromega.Q2R_0 in SL.
      induction words as [|w words IH] using rev_ind; intros V.
      - cbn [Soundness.reached fold_left fst snd length INR]. rewrite (nth_error_nth _ _ O r_is). fold (start_constant net r).
        destruct (above high (start_constant net r)) as [x|] eqn:X; [|discriminate].
        apply (above_ok table high high_ok nonzero) in X. apply Qle_bool_iff, Qle_Rle in S0. fold table A in X |- *. split; [unfold off; lra|].
        intros k K. unfold run. cbn [fold_left]. unfold initial, number. fold table A. fold (start_constant net r).
        rewrite Rminus_diag_eq by reflexivity. rewrite Rabs_R0. apply (nonnegative_value _ k) in C0; lra.
      - destruct (all_valid_app net words w V) as [V' W]. destruct (IH V') as [B H]. clear IH.
        destruct (correct_all net prf ok invariant words V') as (Qn & _ & _).
        destruct (r_correct_all words V') as [E G].
        rewrite reached_snoc. cbn [advance fst snd]. set (q := fst (reached words)) in *. set (R := snd (reached words) i) in *.
        assert (X : growth_step_ok net k0 prf rts ctx high r i g q w = true).
        { specialize (T q). rewrite in_seq in T. specialize (T (conj (Nat.le_0_l q) Qn)). rewrite forallb_forall in T.
          apply T, in_seq. split; [lia|exact W]. }
        unfold growth_step_ok in X. cbv zeta in X. destruct (nth i (move prf q w) ([], [])) as [a b]. cbn [fst snd].
        fold d in X.
        assert (GF := r_gate_holds high q w (fun k => run net k words) high_ok E G (d + (r - d))).
        assert (GI := r_increment_holds high q w (fun k => run net k words) high_ok E G (r - d)).
        unfold r_forget in X. fold d in X.
        destruct (r_gate net k0 rts ctx high q w (d + (r - d))) as [f|]; [|discriminate].
        destruct (r_increment net k0 rts ctx high q w (r - d)) as [inc|]; [|discriminate].
        destruct (above high a) as [fa|] eqn:FA; [|discriminate]. destruct (above high b) as [fb|] eqn:FB; [|discriminate].
        destruct (weakened k0 high _ (r_error f)) as [phi|] eqn:PH; [|discriminate].
        destruct (weakened k0 high _ (r_error inc)) as [delta|] eqn:DE; [|discriminate].
        rewrite !Bool.andb_true_iff in X. destruct X as [[[[[[[X1 X2] X3] X4] X5] X6] X7] X8].
        apply (above_ok table high high_ok nonzero) in FA, FB. fold A in FA, FB.
        apply (is_zero_value A) in X1, X3. apply (equal_value A nonzero) in X2, X4.
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
          fold (off q) in X8. rewrite run_snoc. unfold step. unfold is_lstm in L. destruct (cell net); try discriminate. fold d.
          destruct (Nat.ltb_spec r d); [lia|]. unfold lstm_cell. fold d.
          set (F := sigmoid (preactivation net k w (run net k words) (d + (r - d)))) in *.
          set (J := sigmoid _ * tanh _) in *. replace (d + (r - d))%nat with r by lia.
          set (x := run net k words r) in *.
          replace (F * x + J - (val a * R + val b)) with (F * (x - R) + ((F - (0 * k + val a)) * R + (J - (0 * k + val b)))) by ring.
          assert (F1 : Rabs F <= 1).
          { unfold F. rewrite sigmoid_tanh. pose proof (tanh_range (preactivation net k w (run net k words) (d + (r - d)) / 2)). apply Rabs_le. lra. }
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
       + ev (constant_of rts (fst (reached words)) ts sgs) k.
  Proof.
    intros V. destruct (r_correct_all words V) as [_ H]. destruct (correct_all net prf ok invariant words V) as (Qn & _ & _).
    set (q := fst (reached words)) in *. set (L := snd (reached words)). set (T := INR (length words)).
    assert (P : 0 <= T) by apply pos_INR.
    induction ts as [|[n c] ts IH]; intros [|[size og] sgs] Len Ok k K; try discriminate.
    - cbn. unfold limit_part. cbn [limit_form value]. rewrite (total_ext _ _ (fun _ => 0)) by (intros; ring). rewrite total_zero.
      replace (0 - (0 + 0)) with 0 by ring. rewrite Rabs_R0. lra.
    - cbn [combine forallb fst snd] in Ok. rewrite Bool.andb_true_iff in Ok. destruct Ok as [O1 O2].
      injection Len as Len. specialize (IH sgs Len O2 k K). unfold term_ok in O1. cbn [fst snd] in O1.
      destruct (above high c) as [x|] eqn:X; [|discriminate]. rewrite Bool.andb_true_iff in O1. destruct O1 as [O1 O3].
      apply (above_ok table high high_ok nonzero) in X. fold A in X. apply Qle_bool_iff, Qle_Rle in O1.
      assert (N : exists y, limit_part net prf ((n, c) :: ts) q L = val c * y + limit_part net prf ts q L
        /\ Rabs (run net k words n - y) <= match og with
             | Some g => ev (g_quadratic g) k * T ^ 2 + ev (g_linear g) k * T + ev (nth q (g_constant g) []) k
             | None => match r_lookup n (r_box q) with Some x => ev (r_error x) k | None => 0 end
             end).
      { unfold limit_part. cbn [limit_form]. destruct (index_of n (registers prf)) as [j|] eqn:IX; destruct og as [g|]; try discriminate.
        - pose proof (index_of_nth _ _ _ IX) as J. exists (L j). split.
          + fold table A. rewrite plus_value. cbn [value].
            rewrite (total_ext _ (fun i => L i * val (plus (if (i =? j)%nat then c else []) _))
              (fun i => L i * (if Nat.eqb i j then val c else 0) + L i * val (limit_form prf ts (Reg q i)))).
            2: { intros i _. rewrite plus_value. destruct (Nat.eqb i j); cbn [value]; ring. }
            rewrite total_plus, total_pick; [ring|]. apply nth_error_Some. congruence.
          + now apply (growth_holds n j g J O3 words V).
        - rewrite forallb_forall in O3. specialize (O3 q). rewrite in_seq in O3. specialize (O3 (conj (Nat.le_0_l q) Qn)).
          specialize (H n). destruct (r_lookup n (r_box q)) as [y|] eqn:Y; [|discriminate].
          apply (equal_value A nonzero) in O3. exists (val (limit_of prf q n)). split.
          + fold table A. rewrite plus_value, times_value by exact nonzero.
            rewrite (total_ext _ (fun i => L i * val (plus [] _)) (fun i => L i * val (limit_form prf ts (Reg q i)))).
            2: { intros i _. reflexivity. }
            ring.
          + destruct (r_lookup_in n _ y Y) as (main & err & -> & _). specialize (H k K). cbn [r_slope r_offset r_error value] in *. fold table A in H.
            rewrite <- O3. replace (run net k words n - val main) with (run net k words n - (0 * k + val main)) by ring. exact H. }
      destruct N as (y & -> & N). cbn [read]. rewrite number_value. fold table A.
      replace (val c * run net k words n + read net ts (run net k words) - (val c * y + limit_part net prf ts q L))
        with (val c * (run net k words n - y) + (read net ts (run net k words) - limit_part net prf ts q L)) by ring.
      apply (Rle_trans _ _ _ (Rabs_triang _ _)). rewrite Rabs_mult. pose proof (Rabs_pos (val c)). pose proof (Rabs_pos (run net k words n - y)).
      assert (M : Rabs (val c) * Rabs (run net k words n - y) <= Q2R size * match og with
             | Some g => ev (g_quadratic g) k * T ^ 2 + ev (g_linear g) k * T + ev (nth q (g_constant g) []) k
             | None => match r_lookup n (r_box q) with Some x => ev (r_error x) k | None => 0 end
             end) by (apply Rmult_le_compat; lra).
      destruct og as [g|]; cbn [quadratic_of linear_of constant_of fst].
      + rewrite !ev_app, !scaled_error_value. lra.
      + rewrite ev_app. destruct (r_lookup n (r_box q)) as [z|]; [rewrite scaled_error_value; lra|cbn [error_value]; lra].
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
