(** Margins: their values at a point by computation, the largest of all by weak duality of linear programs. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import Reals Lra Lia List QArith Qreals ZArith.
From Symlstm Require Import Definitions Constants Limits.
Import ListNotations.
Local Open Scope R_scope.

(** Multipliers of the forms, and for each bound those of bound + parameter and bound - parameter. *)
Record multipliers : Set := { of_forms : list constant; of_bounds : list (constant * constant) }.

Fixpoint coefficient (n : nat) (ts : list (nat * constant)) : constant :=
  match ts with [] => [] | (m, c) :: ts => if Nat.eqb n m then plus c (coefficient n ts) else coefficient n ts end.

Definition no_terms (ts : list (nat * constant)) : bool := forallb (fun t => is_zero (coefficient (fst t) ts)) ts.

Definition add_form (f g : affine_form) : affine_form := (plus (fst f) (fst g), snd f ++ snd g).
Definition times_form (c : constant) (f : affine_form) : affine_form := (times c (fst f), map (fun t => (fst t, times c (snd t))) (snd f)).

Section Checker.
  Variables (table : list constant) (ctx : context).

  Let cs := calculus_of ctx table.

  Definition form_at (xs : list constant) (f : affine_form) : constant :=
    fold_right (fun t x => plus (times (snd t) (nth (fst t) xs [])) x) (fst f) (snd f).

  Definition margins_ok (forms : list affine_form) (xs values : list constant) : bool :=
    table_ok ctx 0 table && Nat.eqb (length forms) (length values)
    && forallb (fun fv => equal (form_at xs (fst fv)) (snd fv)) (combine forms values).

  Definition weighted (best : constant) (mf : constant * affine_form) : affine_form :=
    times_form (fst mf) (minus (fst (snd mf)) best, snd (snd mf)).

  Definition weighted_bound (mb : (constant * constant) * (nat * constant)) : affine_form :=
    let '((x, y), (n, b)) := mb in (times (plus x y) b, [(n, minus x y)]).

  Definition total_form (forms : list affine_form) (bounds : list (nat * constant)) (best : constant) (ms : multipliers) : affine_form :=
    fold_right add_form
      (fold_right add_form ([], []) (map weighted_bound (combine (of_bounds ms) bounds)))
      (map (weighted best) (combine (of_forms ms) forms)).

  Definition largest_ok (forms : list affine_form) (bounds : list (nat * constant)) (xs : list constant) (best : constant)
    (ms : multipliers) : bool :=
    let all := total_form forms bounds best ms in
    table_ok ctx 0 table
    && forallb (fun f => is_nonnegative cs (minus (form_at xs f) best)) forms
    && forallb (fun nb => is_nonnegative cs (minus (snd nb) (nth (fst nb) xs []))
                          && is_nonnegative cs (plus (snd nb) (nth (fst nb) xs []))) bounds
    && forallb (is_nonnegative cs) (of_forms ms)
    && forallb (fun xy => is_nonnegative cs (fst xy) && is_nonnegative cs (snd xy)) (of_bounds ms)
    && existsb (fun mf => is_positive cs (fst mf)) (combine (of_forms ms) forms)
    && is_zero (fst all) && no_terms (snd all).
End Checker.

Section Soundness.
  Variable table : list constant.
  Let ctx := context_of table.
  Let A := atom_values table [].
  Notation val := (value A).
  Hypothesis ok : table_ok ctx 0 table = true.
  Let nonzero : forall n, nth n A 1 <> 0 := atoms_nonzero table ok.

  Fixpoint terms_value (ts : list (nat * constant)) (p : nat -> R) : R :=
    match ts with [] => 0 | (n, c) :: ts => val c * p n + terms_value ts p end.

  Lemma margin_value f p : margin table f p = val (fst f) + terms_value (snd f) p.
  Proof. unfold margin. f_equal. induction (snd f) as [|[n c] ts IH]; [reflexivity|]. cbn [fold_right terms_value fst snd]. now rewrite IH. Qed.

  Lemma form_at_value xs f : val (form_at xs f) = margin table f (point table xs).
  Proof.
    rewrite margin_value. destruct f as [c ts]. unfold form_at. cbn [fst snd]. induction ts as [|[n x] ts IH]; cbn [fold_right terms_value fst snd]; [ring|].
    rewrite plus_value, times_value, IH by exact nonzero. unfold point. fold A. ring.
  Qed.

  Lemma terms_app s t p : terms_value (s ++ t) p = terms_value s p + terms_value t p.
  Proof. induction s as [|[n c] s IH]; cbn [app terms_value]; [ring|]. rewrite IH. ring. Qed.

  Lemma add_form_value f g p : margin table (add_form f g) p = margin table f p + margin table g p.
  Proof. rewrite !margin_value. cbn [add_form fst snd]. rewrite plus_value, terms_app. ring. Qed.

  Lemma times_form_value c f p : margin table (times_form c f) p = val c * margin table f p.
  Proof.
    rewrite !margin_value. destruct f as [x ts]. cbn [times_form fst snd]. rewrite times_value by exact nonzero.
    rewrite Rmult_plus_distr_l. f_equal. induction ts as [|[n y] ts IH]; cbn [map terms_value fst snd]; [ring|].
    rewrite times_value, IH by exact nonzero. ring.
  Qed.

  (** Terms whose coefficients add up to 0 for each parameter. *)
  Definition without (n : nat) (ts : list (nat * constant)) : list (nat * constant) := filter (fun t => negb (Nat.eqb n (fst t))) ts.

  Lemma terms_split n ts p : terms_value ts p = val (coefficient n ts) * p n + terms_value (without n ts) p.
  Proof.
    induction ts as [|[m c] ts IH]; cbn [terms_value coefficient without filter fst snd value]; [ring|].
    fold (without n ts). destruct (Nat.eqb_spec n m) as [->|]; cbn [negb].
    - rewrite plus_value, IH. fold (without m ts). ring.
    - cbn [terms_value]. rewrite IH. ring.
  Qed.

  Lemma coefficient_without n m ts : n <> m -> coefficient m (without n ts) = coefficient m ts.
  Proof.
    intros D. induction ts as [|[i c] ts IH]; [reflexivity|]. cbn [without filter fst coefficient]. fold (without n ts).
    destruct (Nat.eqb_spec n i) as [->|]; cbn [negb coefficient].
    - destruct (Nat.eqb_spec m i); [congruence|exact IH].
    - now rewrite IH.
  Qed.

  Lemma without_length n ts : (length (without n ts) <= length ts)%nat.
  Proof. unfold without. induction ts as [|t ts IH]; cbn [filter length]; [lia|]. destruct (negb _); cbn [length]; lia. Qed.

  Lemma no_terms_value p : forall size ts, (length ts <= size)%nat -> no_terms ts = true -> terms_value ts p = 0.
  Proof.
    induction size as [|size IH]; intros [|[n c] ts] L H; try reflexivity; [cbn in L; lia|].
    rewrite (terms_split n). unfold no_terms in H. rewrite forallb_forall in H.
    pose proof (is_zero_value A _ (H (n, c) (or_introl eq_refl))) as Z. cbn [fst] in Z. rewrite Z, IH; [ring| |].
    - cbn [without filter fst]. rewrite Nat.eqb_refl. cbn [negb length] in *. fold (without n ts).
      pose proof (without_length n ts). lia.
    - unfold no_terms. rewrite forallb_forall. intros [m x] M. cbn [fst]. unfold without in M. apply filter_In in M. destruct M as [M D].
      cbn [fst] in D. apply Bool.negb_true_iff, Nat.eqb_neq in D. rewrite coefficient_without by exact D. exact (H _ M).
  Qed.


  Lemma nonnegative_sum l : (forall x, In x l -> 0 <= x) -> 0 <= fold_right Rplus 0 l.
  Proof.
    induction l as [|x l IH]; intros H; cbn [fold_right]; [lra|].
    pose proof (H x (or_introl eq_refl)). assert (0 <= fold_right Rplus 0 l) by (apply IH; intros; apply H; now right). lra.
  Qed.

  Lemma positive_sum l y : (forall x, In x l -> 0 <= x) -> In y l -> 0 < y -> 0 < fold_right Rplus 0 l.
  Proof.
    induction l as [|x l IH]; intros H M P; [contradiction|]. cbn [fold_right]. destruct M as [->|M].
    - assert (0 <= fold_right Rplus 0 l) by (apply nonnegative_sum; intros; apply H; now right). lra.
    - pose proof (H x (or_introl eq_refl)). assert (0 < fold_right Rplus 0 l) by (apply IH; auto; intros; apply H; now right). lra.
  Qed.
End Soundness.

Theorem check_margins_at table forms xs values :
  margins_ok table (context_of table) forms xs values = true -> margins_at table forms xs values.
Proof.
  unfold margins_ok, margins_at. rewrite !Bool.andb_true_iff. intros [[O L] H]. apply Nat.eqb_eq in L. revert values L H.
  induction forms as [|f forms IH]; intros [|v values] L H; try discriminate; [reflexivity|].
  cbn [combine forallb map fst snd] in *. rewrite Bool.andb_true_iff in H. destruct H as [E H]. injection L as L. f_equal; [|now apply IH].
  apply (equal_value (atom_values table [])) in E. now rewrite <- E, form_at_value.
Qed.

Theorem check_largest_margin table forms bounds xs ms best :
  largest_ok table (context_of table) forms bounds xs best ms = true -> largest_margin table forms bounds xs best.
Proof.
  unfold largest_ok. cbv zeta. rewrite !Bool.andb_true_iff, !forallb_forall. intros [[[[[[[O F] B] M] MB] P] Z] N].
  pose proof (atoms_nonzero table O) as nonzero. set (A := atom_values table []) in *.
  pose proof (calculus_of_ok table O) as CS. set (cs := calculus_of (context_of table) table) in *.
  assert (NN : forall c, is_nonnegative cs c = true -> 0 <= value A c).
  { intros c. now apply is_nonnegative_value. }
  unfold largest_margin. fold A. split; [|split].
  - intros n b I. specialize (B _ I). cbn [fst snd] in B. rewrite Bool.andb_true_iff in B. destruct B as [B1 B2]. apply NN in B1, B2.
    rewrite minus_value in B1. rewrite plus_value in B2. unfold point. fold A. apply Rabs_le. lra.
  - intros f I. specialize (F f I). apply NN in F. rewrite minus_value in F. unfold A in F. rewrite form_at_value in F by exact O. fold A in F. lra.
  - intros p I. destruct (List.Exists_dec (fun f => margin table f p <= value A best) forms (fun f => Rle_dec _ _)) as [E|E];
      [rewrite Exists_exists in E; destruct E as (f & X & Y); now exists f|exfalso].
    assert (G : forall f, In f forms -> value A best < margin table f p).
    { intros f X. apply Rnot_le_lt. intros Y. apply E, Exists_exists. now exists f. }
    assert (T : margin table (total_form forms bounds best ms) p = 0).
    { rewrite margin_value. fold A. rewrite (is_zero_value A _ Z), (no_terms_value table _ _ _ (le_n _) N). ring. }
    assert (T1 : forall mb, In mb (combine (of_bounds ms) bounds) -> 0 <= margin table (weighted_bound mb) p).
    { intros [[x y] [n b]] X. pose proof (in_combine_l _ _ _ _ X) as X1. apply in_combine_r in X. specialize (MB _ X1). cbn [fst snd] in MB.
      rewrite Bool.andb_true_iff in MB. destruct MB as [Mx My]. apply NN in Mx, My. specialize (I n b X). apply Rabs_le_between in I.
      rewrite margin_value. fold A. cbn [weighted_bound fst snd terms_value].
      rewrite times_value, plus_value, minus_value by exact nonzero. fold A. fold A in I.
      replace ((value A x + value A y) * value A b + ((value A x - value A y) * p n + 0))
        with (value A x * (value A b + p n) + value A y * (value A b - p n)) by ring.
      apply Rplus_le_le_0_compat; apply Rmult_le_pos; lra. }
    assert (W : forall mf, margin table (weighted best mf) p = value A (fst mf) * (margin table (snd mf) p - value A best)).
    { intros [m f]. unfold weighted. rewrite times_form_value by exact O. cbn [fst snd]. fold A. f_equal.
      rewrite !margin_value. cbn [fst snd]. fold A. rewrite minus_value. ring. }
    assert (T2 : forall mf, In mf (combine (of_forms ms) forms) -> 0 <= margin table (weighted best mf) p).
    { intros [m f] X. pose proof (in_combine_l _ _ _ _ X) as X1. apply in_combine_r in X. specialize (M _ X1). apply NN in M.
      rewrite W. cbn [fst snd]. specialize (G f X). apply Rmult_le_pos; lra. }
    apply existsb_exists in P. destruct P as ([m f] & X & Pm). cbn [fst] in Pm. apply (is_positive_value A cs CS) in Pm. fold A in Pm.
    assert (T3 : 0 < margin table (weighted best (m, f)) p).
    { rewrite W. cbn [fst snd]. specialize (G f (in_combine_r _ _ _ _ X)). apply Rmult_lt_0_compat; lra. }
    assert (S : forall z l, margin table (fold_right add_form z l) p = fold_right Rplus 0 (map (fun f => margin table f p) l) + margin table z p).
    { intros z l. induction l as [|g l IH]; cbn [fold_right map]; [ring|]. rewrite add_form_value by exact O. rewrite IH. ring. }
    unfold total_form in T. rewrite !S, !map_map in T.
    assert (0 <= fold_right Rplus 0 (map (fun mb => margin table (weighted_bound mb) p) (combine (of_bounds ms) bounds))).
    { apply nonnegative_sum. intros x Y. apply in_map_iff in Y. destruct Y as (mb & <- & Y). now apply T1. }
    assert (0 < fold_right Rplus 0 (map (fun mf => margin table (weighted best mf) p) (combine (of_forms ms) forms))).
    { apply (positive_sum _ (margin table (weighted best (m, f)) p)); [|apply in_map_iff; now exists (m, f)|exact T3].
      intros x Y. apply in_map_iff in Y. destruct Y as (mf & <- & Y). now apply T2. }
    rewrite margin_value in T. cbn [fst snd value terms_value] in T. lra.
Qed.
