(** The rules of the small steps, a lemma each, and the tactics that a generated proof consists of. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import Reals QArith.Qreals Lra Lia List.
From Symlstm Require Import Definitions Constants Limits.
Local Open Scope R_scope.

(** * Equal parts *)

Definition cong1 {A Z} (f : A -> Z) (a a' : A) (e : a = a') : f a = f a' := f_equal f e.
Lemma cong2 {A B Z} (f : A -> B -> Z) (a a' : A) (b b' : B) (e : a = a') (e1 : b = b') : f a b = f a' b'.
Proof. now subst. Qed.

Lemma equal_as (a a' b b' : R) : a = a' -> b = b' -> a = b -> a' = b'. Proof. now intros -> ->. Qed.
Lemma le_as a a' b b' : a = a' -> b = b' -> a <= b -> a' <= b'. Proof. now intros -> ->. Qed.
Lemma lt_as a a' b b' : a = a' -> b = b' -> a < b -> a' < b'. Proof. now intros -> ->. Qed.
Lemma within_as v v' c c' b b' : v = v' -> c = c' -> b = b' -> within v c b -> within v' c' b'.
Proof. now intros -> -> ->. Qed.
Lemma sum_as a a' b b' f g : a = a' -> b = b' -> (forall j, f j = g j) -> sum a b f = sum a' b' g.
Proof. intros -> -> H. unfold sum. induction (seq a' (b' - a')); simpl; [easy|]. now rewrite H, IHl. Qed.

Lemma lim_as (f g : R -> R) a b : (forall x, f x = g x) -> a = b -> lim f a -> lim g b.
Proof. intros H -> L. apply (is_lim_ext f); [exact H|exact L]. Qed.
Lemma limn_as (f g : nat -> R) a b : (forall x, f x = g x) -> a = b -> limn f a -> limn g b.
Proof. intros H -> L. apply (is_lim_seq_ext f); [exact H|exact L]. Qed.
Lemma diverges_as (f g : R -> R) : (forall x, f x = g x) -> diverges f -> diverges g.
Proof. intros H L. apply (is_lim_ext f); [exact H|exact L]. Qed.
Lemma divergesn_as (f g : nat -> R) : (forall x, f x = g x) -> divergesn f -> divergesn g.
Proof. intros H L. apply (is_lim_seq_ext f); [exact H|exact L]. Qed.
Lemma then_lim_as (P Q : R -> R -> Prop) a b : (forall y v, P y v -> Q y v) -> a = b -> then_lim P a -> then_lim Q b.
Proof. intros H -> (g & (M & F) & L). exists g. split; [exists M|]; auto. Qed.
Lemma then_limn_as (P Q : nat -> R -> Prop) a b : (forall y v, P y v -> Q y v) -> a = b -> then_limn P a -> then_limn Q b.
Proof. intros H -> (g & (M & F) & L). exists g. split; [exists M|]; auto. Qed.

(** * Order *)

Lemma le_by d l r : r - l = d -> 0 <= d -> l <= r. Proof. intros; lra. Qed.
Lemma lt_by d l r : r - l = d -> 0 < d -> l < r. Proof. intros; lra. Qed.
Lemma eq_by (d l r : R) : r - l = d -> d = 0 -> l = r. Proof. intros; lra. Qed.

Lemma difference_le a b : a <= b -> 0 <= b - a. Proof. lra. Qed.
Lemma difference_lt a b : a < b -> 0 < b - a. Proof. lra. Qed.
Lemma difference_eq (a b : R) : a = b -> b - a = 0. Proof. intros ->; lra. Qed.

Lemma positive_by e f d : 0 < f -> e * f = d -> 0 < d -> 0 < e.
Proof. intros F E D. destruct (Rlt_le_dec 0 e) as [|H]; [easy|]. exfalso. nra. Qed.

Lemma within_intro v c b x y : b + (v - c) = x -> b - (v - c) = y -> 0 <= x -> 0 <= y -> within v c b.
Proof. intros. unfold within. apply Rabs_le. lra. Qed.
Lemma within_below v c b : within v c b -> c - b <= v.
Proof. unfold within. intros H. apply Rabs_le_between in H. lra. Qed.
Lemma within_above v c b : within v c b -> v <= c + b.
Proof. unfold within. intros H. apply Rabs_le_between in H. lra. Qed.

(** The quotients that sigmoid and tanh are. *)
Lemma sigmoid_quotient x : sigmoid x = exp x / (exp x + 1).
Proof. unfold sigmoid. rewrite exp_Ropp. pose proof (exp_pos x). field. lra. Qed.
Lemma tanh_quotient x y : x + x = y -> tanh x = (exp y - 1) / (exp y + 1).
Proof. intros <-. rewrite tanh_exp. replace (2 * x) with (x + x) by ring. pose proof (exp_pos (x + x)). field. lra. Qed.

Lemma sigmoid_positive x : 0 < sigmoid x.
Proof. unfold sigmoid. apply Rinv_0_lt_compat. pose proof (exp_pos (- x)). lra. Qed.
Lemma sigmoid_below_1 x : 0 < 1 - sigmoid x.
Proof. rewrite sigmoid_quotient. pose proof (exp_pos x). replace (1 - exp x / (exp x + 1)) with (/ (exp x + 1)) by (field; lra).
  apply Rinv_0_lt_compat. lra. Qed.
Lemma tanh_below_1 x : 0 < 1 - tanh x. Proof. pose proof (tanh_range x). lra. Qed.
Lemma tanh_above_1 x : 0 < 1 + tanh x. Proof. pose proof (tanh_range x). lra. Qed.
Lemma tanh_positive x : 0 < x -> 0 < tanh x.
Proof. intros H. rewrite tanh_exp. assert (1 < exp (2 * x)) by (rewrite <- exp_0; apply exp_increasing; lra).
  apply Rmult_lt_reg_r with (exp (2 * x) + 1); [lra|]. replace ((1 - 2 / (exp (2 * x) + 1)) * (exp (2 * x) + 1)) with (exp (2 * x) - 1) by (field; lra). lra. Qed.
Lemma tanh_at_0 : tanh 0 = 0.
Proof. rewrite tanh_exp, Rmult_0_r, exp_0. lra. Qed.
Lemma sigmoid_constant x : sigmoid x = (1 + tanh (x / 2)) / 2. Proof. apply sigmoid_tanh. Qed.

(** A constant in tanh of rationals, by intervals. *)
Lemma constant_positive table c : sign_by (context_of table) c = Some Gt -> 0 < Definitions.value (atom_values table nil) c.
Proof. intros H. exact (sign_by_ok _ _ _ _ (context_of_ok table) H). Qed.

(** * Functions that increase *)

Lemma sigmoid_derivative x : is_derive sigmoid x ((1 - sigmoid x) * sigmoid x).
Proof. unfold sigmoid. pose proof (exp_pos (- x)). auto_derive; [lra|]. field. lra. Qed.

Lemma increasing f f' : (forall x, is_derive f x (f' x)) -> (forall x, 0 <= f' x) -> forall x y, x <= y -> f x <= f y.
Proof.
  intros D P x y H. destruct (MVT_gen f x y f') as (z & _ & E).
  - intros; apply D.
  - intros u _. apply (continuity_pt_filterlim f u), (ex_derive_continuous (V := R_NormedModule)). exists (f' u). apply D.
  - pose proof (P z). nra.
Qed.

Lemma sigmoid_le x y : x <= y -> sigmoid x <= sigmoid y.
Proof. apply (increasing _ _ sigmoid_derivative). intros z. pose proof (sigmoid_positive z). pose proof (sigmoid_below_1 z). nra. Qed.
Lemma tanh_le x y : x <= y -> tanh x <= tanh y.
Proof. apply (increasing _ _ tanh_derivative). intros z. pose proof (tanh_range z). nra. Qed.
Lemma exp_le x y : x <= y -> exp x <= exp y.
Proof. intros [H| ->]; [left; now apply exp_increasing|lra]. Qed.

Lemma exp_lt x y : x < y -> exp x < exp y. Proof. apply exp_increasing. Qed.
Lemma sigmoid_lt x y : x < y -> sigmoid x < sigmoid y.
Proof. intros H. unfold sigmoid. pose proof (exp_pos (- x)). pose proof (exp_pos (- y)). pose proof (exp_lt (- y) (- x) ltac:(lra)).
  apply Rinv_lt_contravar; [nra|lra]. Qed.
Lemma tanh_lt x y : x < y -> tanh x < tanh y.
Proof. intros H. rewrite !tanh_exp. pose proof (exp_pos (2 * x)). pose proof (exp_lt (2 * x) (2 * y) ltac:(lra)).
  assert (/ (exp (2 * y) + 1) < / (exp (2 * x) + 1)) by (apply Rinv_lt_contravar; nra). unfold Rdiv. lra. Qed.

Definition sigmoid_slack (x : R) : R := x / 4 - sigmoid x.
Definition cubic_slack (x : R) : R := tanh x - x + x ^ 3 / 3.

Lemma slack_derivative x : is_derive sigmoid_slack x ((sigmoid x - / 2) ^ 2).
Proof. unfold sigmoid_slack, sigmoid. pose proof (exp_pos (- x)). auto_derive; [lra|]. field. lra. Qed.
Lemma cubic_derivative x : is_derive cubic_slack x (x ^ 2 - tanh x ^ 2).
Proof. apply (is_derive_ext (fun x => 1 - 2 / (exp (2 * x) + 1) - x + x ^ 3 / 3)).
  { intros. unfold cubic_slack. now rewrite tanh_exp. }
  rewrite tanh_exp. pose proof (exp_pos (2 * x)). auto_derive; [lra|]. field. lra. Qed.

Lemma sigmoid_slack_le x y : x <= y -> sigmoid_slack x <= sigmoid_slack y.
Proof. apply (increasing _ _ slack_derivative). intros z. apply pow2_ge_0. Qed.

Lemma tanh_size x : tanh x ^ 2 <= x ^ 2.
Proof. pose proof (tanh_lipschitz x 0) as H. rewrite tanh_at_0, !Rminus_0_r in H. rewrite <- (pow2_abs (tanh x)), <- (pow2_abs x).
  pose proof (Rabs_pos (tanh x)). nra. Qed.
Lemma cubic_slack_le x y : x <= y -> cubic_slack x <= cubic_slack y.
Proof. apply (increasing _ _ cubic_derivative). intros z. pose proof (tanh_size z). lra. Qed.

Lemma strictly f f' : (forall x, is_derive f x (f' x)) -> (forall x, 0 <= f' x) -> (forall x, x <> 0 -> 0 < f' x) ->
  forall x y, x < y -> f x < f y.
Proof.
  intros D N P x y H.
  assert (exists a b, x <= a /\ a < b /\ b <= y /\ (0 < a \/ b < 0)) as (a & b & A & L & B & S).
  { destruct (Rle_lt_dec 0 x); [exists ((x + y) / 2), y; repeat split; try lra; left; lra|].
    exists x, (Rmin y (x / 2)). unfold Rmin; destruct Rle_dec; repeat split; try lra; right; lra. }
  pose proof (increasing f f' D N x a A). pose proof (increasing f f' D N b y B).
  destruct (MVT_gen f a b f') as (z & Z & E).
  - intros; apply D.
  - intros u _. apply (continuity_pt_filterlim f u), (ex_derive_continuous (V := R_NormedModule)). exists (f' u). apply D.
  - rewrite Rmin_left, Rmax_right in Z by lra. pose proof (P z ltac:(lra)). nra.
Qed.

Lemma sigmoid_slack_lt x y : x < y -> sigmoid_slack x < sigmoid_slack y.
Proof. apply (strictly _ _ slack_derivative); intros z; [apply pow2_ge_0|]. intros Z. apply pow2_gt_0. intros E.
  assert (S : sigmoid z = / 2) by lra. rewrite sigmoid_tanh in S. destruct (Rtotal_order z 0) as [L|[L|L]]; [|lra|].
  - pose proof (tanh_lt (z / 2) 0 ltac:(lra)). rewrite tanh_at_0 in *. lra.
  - pose proof (tanh_lt 0 (z / 2) ltac:(lra)). rewrite tanh_at_0 in *. lra. Qed.
Lemma tanh_smaller u : 0 < u -> tanh u < u.
Proof.
  intros U. destruct (MVT_gen tanh (u / 2) u (fun t => 1 - tanh t ^ 2)) as (w & W & E).
  - intros; apply tanh_derivative.
  - intros v _. apply (continuity_pt_filterlim tanh v), (ex_derive_continuous (V := R_NormedModule)).
    exists (1 - tanh v ^ 2). apply tanh_derivative.
  - rewrite Rmin_left, Rmax_right in W by lra. pose proof (tanh_positive w ltac:(lra)).
    pose proof (tanh_size (u / 2)). pose proof (tanh_positive (u / 2) ltac:(lra)). assert (tanh (u / 2) <= u / 2) by nra. assert (0 < tanh w ^ 2) by nra. nra.
Qed.

Lemma cubic_slack_lt x y : x < y -> cubic_slack x < cubic_slack y.
Proof. apply (strictly _ _ cubic_derivative); intros z; [pose proof (tanh_size z); lra|]. intros Z.
  destruct (Rtotal_order z 0) as [L|[L|L]]; [|lra|].
  - pose proof (tanh_smaller (- z) ltac:(lra)). pose proof (tanh_positive (- z) ltac:(lra)). rewrite tanh_opp in *. nra.
  - pose proof (tanh_smaller z ltac:(lra)). pose proof (tanh_positive z ltac:(lra)). nra. Qed.

(** * Extremes, powers, exponentials *)

Lemma min_left a b : Rmin a b <= a. Proof. apply Rmin_l. Qed.
Lemma by_cases_min (P : R -> Prop) a b : P a -> P b -> P (Rmin a b). Proof. intros. now unfold Rmin; destruct Rle_dec. Qed.
Lemma by_cases_max (P : R -> Prop) a b : P a -> P b -> P (Rmax a b). Proof. intros. now unfold Rmax; destruct Rle_dec. Qed.
Lemma by_cases_abs (P : R -> Prop) a : P a -> P (- a) -> P (Rabs a). Proof. intros. now unfold Rabs; destruct Rcase_abs. Qed.

Lemma exp_times n x : exp (INR n * x) = exp x ^ n.
Proof. induction n; [simpl; now rewrite Rmult_0_l, exp_0|]. rewrite S_INR, Rmult_plus_distr_r, Rmult_1_l, exp_plus, IHn. simpl. ring. Qed.
Lemma exp_minus_times n x : exp (- (INR n * x)) = (/ exp x) ^ n.
Proof. rewrite exp_Ropp, exp_times. pose proof (exp_pos x). induction n; simpl; [now rewrite Rinv_1|].
  rewrite <- IHn. pose proof (pow_lt (exp x) n H). field. lra. Qed.
Lemma inverse_exp x : / exp x = exp (- x). Proof. now rewrite exp_Ropp. Qed.

Lemma sum_empty a b f : a = b -> sum a b f = 0.
Proof. intros ->. unfold sum. now rewrite Nat.sub_diag. Qed.
Lemma sum_last a b f : (a <= b)%nat -> sum a (S b) f = sum a b f + f b.
Proof.
  intros H. unfold sum. replace (S b - a)%nat with (S (b - a)) by lia. rewrite seq_S, fold_right_app. simpl.
  replace (a + (b - a))%nat with b by lia. induction (seq a (b - a)); simpl; lra.
Qed.

(** * Limits *)

Lemma lim_const a : lim (fun _ => a) a. Proof. apply is_lim_const. Qed.
Lemma limn_const a : limn (fun _ => a) a. Proof. apply is_lim_seq_const. Qed.
Lemma lim_plus f g a b : lim f a -> lim g b -> lim (fun x => f x + g x) (a + b).
Proof. intros F G. now apply (is_lim_plus' f g). Qed.
Lemma limn_plus f g a b : limn f a -> limn g b -> limn (fun x => f x + g x) (a + b).
Proof. intros F G. now apply (is_lim_seq_plus' f g). Qed.
Lemma lim_times f g a b : lim f a -> lim g b -> lim (fun x => f x * g x) (a * b).
Proof. intros F G. now apply (is_lim_mult f g p_infty a b). Qed.
Lemma limn_times f g a b : limn f a -> limn g b -> limn (fun x => f x * g x) (a * b).
Proof. intros F G. now apply (is_lim_seq_mult' f g). Qed.
Lemma lim_power n f a : lim f a -> lim (fun x => f x ^ n) (a ^ n).
Proof. intros F. induction n; simpl; [apply lim_const|]. now apply lim_times. Qed.
Lemma limn_power n f a : limn f a -> limn (fun x => f x ^ n) (a ^ n).
Proof. intros F. induction n; simpl; [apply limn_const|]. now apply limn_times. Qed.

Lemma lim_continuous h f a : continuity_pt h a -> lim f a -> lim (fun x => h (f x)) (h a).
Proof. intros C F. apply (filterlim_comp _ _ _ f h _ (locally a)); [exact F|]. now apply continuity_pt_filterlim. Qed.
Lemma limn_continuous h f a : continuity_pt h a -> limn f a -> limn (fun x => h (f x)) (h a).
Proof. intros C F. apply (filterlim_comp _ _ _ f h _ (locally a)); [exact F|]. now apply continuity_pt_filterlim. Qed.

Lemma differentiable f f' a : is_derive f a f' -> continuity_pt f a.
Proof. intros D. apply continuity_pt_filterlim, (ex_derive_continuous (V := R_NormedModule)). now exists f'. Qed.
Lemma exp_continuous a : continuity_pt exp a. Proof. apply (differentiable _ (exp a)), is_derive_exp. Qed.
Lemma tanh_continuous a : continuity_pt tanh a. Proof. apply (differentiable _ (1 - tanh a ^ 2)), tanh_derivative. Qed.
Lemma sigmoid_continuous a : continuity_pt sigmoid a. Proof. eapply differentiable, sigmoid_derivative. Qed.
Lemma inverse_continuous a : a <> 0 -> continuity_pt Rinv a.
Proof. intros H. apply (continuity_pt_inv (fun x => x)); [apply derivable_continuous_pt, derivable_pt_id|easy]. Qed.

Lemma lim_exp f a : lim f a -> lim (fun x => exp (f x)) (exp a). Proof. apply lim_continuous, exp_continuous. Qed.
Lemma limn_exp f a : limn f a -> limn (fun x => exp (f x)) (exp a). Proof. apply limn_continuous, exp_continuous. Qed.
Lemma lim_tanh f a : lim f a -> lim (fun x => tanh (f x)) (tanh a). Proof. apply lim_continuous, tanh_continuous. Qed.
Lemma limn_tanh f a : limn f a -> limn (fun x => tanh (f x)) (tanh a). Proof. apply limn_continuous, tanh_continuous. Qed.
Lemma lim_sigmoid f a : lim f a -> lim (fun x => sigmoid (f x)) (sigmoid a). Proof. apply lim_continuous, sigmoid_continuous. Qed.
Lemma limn_sigmoid f a : limn f a -> limn (fun x => sigmoid (f x)) (sigmoid a). Proof. apply limn_continuous, sigmoid_continuous. Qed.
Lemma lim_inverse f a : a <> 0 -> lim f a -> lim (fun x => / f x) (/ a). Proof. intros H. now apply lim_continuous, inverse_continuous. Qed.
Lemma limn_inverse f a : a <> 0 -> limn f a -> limn (fun x => / f x) (/ a). Proof. intros H. now apply limn_continuous, inverse_continuous. Qed.

Lemma lim_sum a b f g : (forall j, lim (fun x => f x j) (g j)) -> lim (fun x => sum a b (f x)) (sum a b g).
Proof. intros H. unfold sum. induction (seq a (b - a)); simpl; [apply lim_const|]. now apply (lim_plus (fun x => f x a0)). Qed.
Lemma limn_sum a b f g : (forall j, limn (fun x => f x j) (g j)) -> limn (fun x => sum a b (f x)) (sum a b g).
Proof. intros H. unfold sum. induction (seq a (b - a)); simpl; [apply limn_const|]. now apply (limn_plus (fun x => f x a0)). Qed.

Lemma eventually_lim (P : R -> Prop) : (exists M, forall x, M < x -> P x) -> Rbar_locally' p_infty P. Proof. easy. Qed.

Lemma lim_squeeze v c b : (exists M, forall x, M < x -> within (v x) c (b x)) -> lim b 0 -> lim v c.
Proof.
  intros (M & H) B. unfold lim. apply is_lim_le_le_loc with (f := fun x => c + -1 * b x) (g := fun x => c + b x).
  - exists M. intros x X. pose proof (H x X) as W. pose proof (within_below _ _ _ W). pose proof (within_above _ _ _ W). lra.
  - apply (lim_as (fun x => c + -1 * b x) _ (c + -1 * 0)); [easy|ring|]. now apply lim_plus, lim_times; [apply lim_const|apply lim_const|].
  - apply (lim_as (fun x => c + b x) _ (c + 0)); [easy|ring|]. now apply lim_plus; [apply lim_const|].
Qed.

Lemma beyond M : Hierarchy.eventually (fun n => M < INR n).
Proof.
  destruct (archimed (Rmax M 0)) as [A _]. exists (Z.to_nat (up (Rmax M 0))). intros n N.
  pose proof (Rmax_l M 0). pose proof (Rmax_r M 0). apply le_INR in N. rewrite INR_IZR_INZ, Z2Nat.id in N; [lra|].
  apply le_IZR. simpl. lra.
Qed.

Lemma limn_squeeze v c b : (exists M, forall x, M < INR x -> within (v x) c (b x)) -> limn b 0 -> limn v c.
Proof.
  intros (M & H) B. unfold limn. apply is_lim_seq_le_le_loc with (u := fun x => c + -1 * b x) (w := fun x => c + b x).
  - apply (filter_imp (fun n => M < INR n)); [|apply beyond]. intros x X.
    pose proof (H x X) as W. pose proof (within_below _ _ _ W). pose proof (within_above _ _ _ W). lra.
  - apply (limn_as (fun x => c + -1 * b x) _ (c + -1 * 0)); [easy|ring|]. now apply limn_plus, limn_times; [apply limn_const|apply limn_const|].
  - apply (limn_as (fun x => c + b x) _ (c + 0)); [easy|ring|]. now apply limn_plus; [apply limn_const|].
Qed.

Lemma then_lim_intro (P : R -> R -> Prop) g l : (exists M, forall y, M < y -> P y (g y)) -> lim g l -> then_lim P l.
Proof. intros; now exists g. Qed.
Lemma then_limn_intro (P : nat -> R -> Prop) g l : (exists M, forall y, M < INR y -> P y (g y)) -> limn g l -> then_limn P l.
Proof. intros; now exists g. Qed.

Lemma limn_geometric f : 0 <= f -> f < 1 -> limn (fun t => f ^ t) 0.
Proof. intros A B. apply is_lim_seq_geom. rewrite Rabs_pos_eq; lra. Qed.

(** * What grows *)

Definition falls (f : R -> R) : Prop := is_lim f p_infty m_infty.
Definition fallsn (f : nat -> R) : Prop := is_lim_seq f m_infty.

Lemma falls_as (f g : R -> R) : (forall x, f x = g x) -> falls f -> falls g.
Proof. intros H L. apply (is_lim_ext f); [exact H|exact L]. Qed.
Lemma fallsn_as (f g : nat -> R) : (forall x, f x = g x) -> fallsn f -> fallsn g.
Proof. intros H L. apply (is_lim_seq_ext f); [exact H|exact L]. Qed.

Lemma diverges_id : diverges (fun x => x). Proof. apply is_lim_id. Qed.
Lemma diverges_INR : divergesn (fun n => INR n). Proof. apply is_lim_seq_INR. Qed.
Lemma diverges_plus f g a : diverges f -> lim g a -> diverges (fun x => f x + g x).
Proof. intros F G. now apply (is_lim_plus f g p_infty p_infty a p_infty). Qed.
Lemma divergesn_plus f g a : divergesn f -> limn g a -> divergesn (fun x => f x + g x).
Proof. intros F G. now apply (is_lim_seq_plus f g p_infty a p_infty). Qed.
Lemma falls_plus f g a : falls f -> lim g a -> falls (fun x => f x + g x).
Proof. intros F G. now apply (is_lim_plus f g p_infty m_infty a m_infty). Qed.
Lemma fallsn_plus f g a : fallsn f -> limn g a -> fallsn (fun x => f x + g x).
Proof. intros F G. now apply (is_lim_seq_plus f g m_infty a m_infty). Qed.

Lemma diverges_times f g a : 0 < a -> diverges f -> lim g a -> diverges (fun x => f x * g x).
Proof. intros H F G. eapply (filterlim_comp_2 f g Rmult); [exact F|exact G|now apply (filterlim_Rbar_mult _ _ _ (is_Rbar_mult_p_infty_pos a H))]. Qed.
Lemma divergesn_times f g a : 0 < a -> divergesn f -> limn g a -> divergesn (fun x => f x * g x).
Proof. intros H F G. eapply (filterlim_comp_2 f g Rmult); [exact F|exact G|now apply (filterlim_Rbar_mult _ _ _ (is_Rbar_mult_p_infty_pos a H))]. Qed.
Lemma falls_times f g a : a < 0 -> diverges f -> lim g a -> falls (fun x => f x * g x).
Proof. intros H F G. eapply (filterlim_comp_2 f g Rmult); [exact F|exact G|now apply (filterlim_Rbar_mult _ _ _ (is_Rbar_mult_p_infty_neg a H))]. Qed.
Lemma fallsn_times f g a : a < 0 -> divergesn f -> limn g a -> fallsn (fun x => f x * g x).
Proof. intros H F G. eapply (filterlim_comp_2 f g Rmult); [exact F|exact G|now apply (filterlim_Rbar_mult _ _ _ (is_Rbar_mult_p_infty_neg a H))]. Qed.

Lemma diverges_exp f : diverges f -> diverges (fun x => exp (f x)).
Proof. intros F. apply (filterlim_comp _ _ _ f exp _ (Rbar_locally' p_infty)); [exact F|apply is_lim_exp_p]. Qed.
Lemma divergesn_exp f : divergesn f -> divergesn (fun x => exp (f x)).
Proof. intros F. apply (filterlim_comp _ _ _ f exp _ (Rbar_locally' p_infty)); [exact F|apply is_lim_exp_p]. Qed.
Lemma lim_exp_falls f : falls f -> lim (fun x => exp (f x)) 0.
Proof. intros F. apply (filterlim_comp _ _ _ f exp _ (Rbar_locally' m_infty)); [exact F|apply is_lim_exp_m]. Qed.
Lemma limn_exp_falls f : fallsn f -> limn (fun x => exp (f x)) 0.
Proof. intros F. apply (filterlim_comp _ _ _ f exp _ (Rbar_locally' m_infty)); [exact F|apply is_lim_exp_m]. Qed.
Lemma lim_inverse_diverges f : diverges f -> lim (fun x => / f x) 0.
Proof. intros F. now apply (is_lim_inv f p_infty p_infty). Qed.
Lemma limn_inverse_diverges f : divergesn f -> limn (fun x => / f x) 0.
Proof. intros F. now apply (is_lim_seq_inv f p_infty). Qed.

Lemma tanh_at_infinity : filterlim tanh (Rbar_locally' p_infty) (locally 1).
Proof.
  change (lim tanh 1). apply (lim_squeeze _ _ (fun x => 2 * (/ exp x) ^ 2)).
  - exists 0. intros x _. pose proof (tanh_near_1 x). unfold within. rewrite <- (exp_minus_times 2). simpl INR.
    replace ((1 + 1) * x) with (2 * x) by ring. apply Rabs_le. lra.
  - apply (lim_as (fun x => 2 * (/ exp x) ^ 2) _ (2 * 0 ^ 2)); [easy|ring|].
    apply lim_times; [apply lim_const|]. apply lim_power, lim_inverse_diverges, (diverges_exp (fun x => x)), diverges_id.
Qed.
Lemma tanh_at_minus_infinity : filterlim tanh (Rbar_locally' m_infty) (locally (-1)).
Proof.
  intros P H. destruct (tanh_at_infinity (fun y => P (- y))) as [M K].
  - change (locally 1 (fun y => P (opp y))). apply (filterlim_opp (1 : R)). simpl. unfold opp; simpl. now replace (- (1)) with (-1) by ring.
  - exists (- M). intros x X. pose proof (K (- x) ltac:(lra)) as T. simpl in T. now rewrite tanh_opp, Ropp_involutive in T.
Qed.

Lemma lim_tanh_diverges f : diverges f -> lim (fun x => tanh (f x)) 1.
Proof. intros F. exact (filterlim_comp _ _ _ f tanh _ _ _ F tanh_at_infinity). Qed.
Lemma limn_tanh_diverges f : divergesn f -> limn (fun x => tanh (f x)) 1.
Proof. intros F. exact (filterlim_comp _ _ _ f tanh _ _ _ F tanh_at_infinity). Qed.
Lemma lim_tanh_falls f : falls f -> lim (fun x => tanh (f x)) (-1).
Proof. intros F. exact (filterlim_comp _ _ _ f tanh _ _ _ F tanh_at_minus_infinity). Qed.
Lemma limn_tanh_falls f : fallsn f -> limn (fun x => tanh (f x)) (-1).
Proof. intros F. exact (filterlim_comp _ _ _ f tanh _ _ _ F tanh_at_minus_infinity). Qed.
Lemma lim_sigmoid_diverges f : diverges f -> lim (fun x => sigmoid (f x)) 1.
Proof. intros F. apply (lim_as (fun x => (1 + tanh (f x * (1 / 2))) * (1 / 2)) _ ((1 + 1) * (1 / 2))); [|field|].
  - intros x. rewrite sigmoid_tanh. replace (f x / 2) with (f x * (1 / 2)) by field. field.
  - apply lim_times; [|apply lim_const]. apply lim_plus; [apply lim_const|]. apply lim_tanh_diverges.
    apply (diverges_times _ (fun _ => 1 / 2) (1 / 2)); [lra|exact F|apply lim_const]. Qed.
Lemma limn_sigmoid_diverges f : divergesn f -> limn (fun x => sigmoid (f x)) 1.
Proof. intros F. apply (limn_as (fun x => (1 + tanh (f x * (1 / 2))) * (1 / 2)) _ ((1 + 1) * (1 / 2))); [|field|].
  - intros x. rewrite sigmoid_tanh. replace (f x / 2) with (f x * (1 / 2)) by field. field.
  - apply limn_times; [|apply limn_const]. apply limn_plus; [apply limn_const|]. apply limn_tanh_diverges.
    apply (divergesn_times _ (fun _ => 1 / 2) (1 / 2)); [lra|exact F|apply limn_const]. Qed.
Lemma sigmoid_opp x : sigmoid x = 1 + -1 * sigmoid (-1 * x).
Proof. rewrite !sigmoid_tanh. replace (-1 * x / 2) with (- (x / 2)) by field. rewrite tanh_opp. field. Qed.
Lemma opposite_falls f : falls f -> diverges (fun x => -1 * f x).
Proof. intros F. apply (diverges_as (fun x => - f x)); [intros; ring|]. exact (is_lim_opp f p_infty m_infty F). Qed.
Lemma opposite_fallsn f : fallsn f -> divergesn (fun x => -1 * f x).
Proof. intros F. apply (divergesn_as (fun x => - f x)); [intros; ring|]. exact (proj1 (is_lim_seq_opp f m_infty) F). Qed.
Lemma lim_sigmoid_falls f : falls f -> lim (fun x => sigmoid (f x)) 0.
Proof. intros F. apply (lim_as (fun x => 1 + -1 * sigmoid (-1 * f x)) _ (1 + -1 * 1)); [intros; now rewrite <- sigmoid_opp|ring|].
  apply lim_plus; [apply lim_const|]. apply lim_times; [apply lim_const|]. now apply lim_sigmoid_diverges, opposite_falls. Qed.
Lemma limn_sigmoid_falls f : fallsn f -> limn (fun x => sigmoid (f x)) 0.
Proof. intros F. apply (limn_as (fun x => 1 + -1 * sigmoid (-1 * f x)) _ (1 + -1 * 1)); [intros; now rewrite <- sigmoid_opp|ring|].
  apply limn_plus; [apply limn_const|]. apply limn_times; [apply limn_const|]. now apply limn_sigmoid_diverges, opposite_fallsn. Qed.

(** * Tactics of generated proofs *)

Ltac nonneg :=
  lazymatch goal with
  | |- 0 <= INR _ => apply pos_INR
  | |- 0 <= _ + _ => apply Rplus_le_le_0_compat; nonneg
  | |- 0 <= _ * _ => apply Rmult_le_pos; nonneg
  | |- 0 <= _ ^ 2 => apply pow2_ge_0
  | |- 0 <= _ ^ _ => first [apply pow_le; nonneg | rewrite pow_mult; apply pow_le, pow2_ge_0]
  | |- _ => first [assumption | left; pos]
  end
with pos :=
  lazymatch goal with
  | |- 0 < exp _ => apply exp_pos
  | |- 0 < sigmoid _ => apply sigmoid_positive
  | |- 0 < 1 - sigmoid _ => apply sigmoid_below_1
  | |- 0 < 1 - tanh _ => apply tanh_below_1
  | |- 0 < 1 + tanh _ => apply tanh_above_1
  | |- 0 < tanh _ => apply tanh_positive; pos
  | |- 0 < / _ => apply Rinv_0_lt_compat; pos
  | |- 0 < _ / _ => apply Rdiv_lt_0_compat; pos
  | |- 0 < _ * _ => apply Rmult_lt_0_compat; pos
  | |- 0 < _ ^ _ => apply pow_lt; pos
  | |- 0 < _ + _ => first [lra | apply Rplus_lt_0_compat; pos | apply Rplus_lt_le_0_compat; [pos|nonneg] | apply Rplus_le_lt_0_compat; [nonneg|pos]]
  | |- _ => first [assumption | lra]
  end.

Lemma above_0 x : 0 < x -> x <> 0. Proof. lra. Qed.

(** What is not 0: by a fact in the context, or because it is positive. *)
Ltac nonzero :=
  repeat match goal with |- _ /\ _ => split end;
  first [assumption
        | apply above_0; pos
        | match goal with Z : _ <> 0 |- _ => let E := fresh in intros E; apply Z; first [lra | nra] end].

Ltac polynomial :=
  first [reflexivity | ring | field; nonzero | ring_simplify; rewrite ?pow2_abs; first [reflexivity | ring | field; nonzero]].
Ltac natural := first [reflexivity | lia | ring].
Ltac numbers := rewrite ?plus_INR, ?mult_INR, ?S_INR; simpl INR; polynomial.
Ltac powers := rewrite ?pow1, ?pow_add, ?pow_mult, ?pow_1, ?Rpow_mult_distr; cbn [pow]; polynomial.
Ltac extreme := unfold Rmin, Rmax, Rabs; repeat (destruct Rle_dec || destruct Rcase_abs); lra.
Ltac curve :=
  first [reflexivity | apply tanh_at_0
        | match goal with |- tanh ?x = - tanh ?y => replace x with (- y) by field; apply tanh_opp end
        | match goal with |- sigmoid ?x = _ => rewrite sigmoid_constant end;
          first [field | match goal with |- (1 + tanh ?x) / 2 = _ => replace x with 0 by field; rewrite tanh_at_0; field end
                | match goal with |- (1 + tanh ?x) / 2 = ?r =>
                    match r with context [tanh ?y] =>
                      first [replace x with y by field; field | replace x with (- y) by field; rewrite tanh_opp; field] end end]].

(** The value of a table of constants as it is written; its arguments by [arguments]. *)
Ltac constants arguments :=
  cbn [atom_values app Definitions.value product_value nth]; arguments;
  cbv [powerRZ Pos.to_nat Pos.iter_op Init.Nat.add pow]; unfold Q2R; cbn [QArith_base.Qnum QArith_base.Qden]; field; nonzero.
