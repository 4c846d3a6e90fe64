(** Functions of the scale up to what is exponentially small, and the functions of a cell on them. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import Reals Lra Lia List QArith Qreals.
From Symlstm Require Import Definitions Constants.
Import ListNotations.
Local Open Scope R_scope.

(** * Exponentially small bounds *)

Definition tiny (t : R -> R) : Prop :=
  exists C l, 0 <= C /\ 0 < l /\ forall k, 1 <= k -> 0 <= t k <= C * exp (- (l * k)).

Lemma exp_decreases a b k : 1 <= k -> a <= b -> exp (- (b * k)) <= exp (- (a * k)).
Proof. intros K H. destruct (Req_dec a b) as [->|]; [lra|]. left. apply exp_increasing. nra. Qed.

Lemma tiny_0 : tiny (fun _ => 0).
Proof. exists 0, 1. repeat split; try lra. Qed.

Lemma tiny_plus s t : tiny s -> tiny t -> tiny (fun k => s k + t k).
Proof.
  intros (C & l & HC & Hl & H) (D & m & HD & Hm & G). exists (C + D), (Rmin l m).
  split; [lra|]. split; [now apply Rmin_glb_lt|]. intros k K. specialize (H k K). specialize (G k K).
  pose proof (exp_decreases (Rmin l m) l k K (Rmin_l l m)). pose proof (exp_decreases (Rmin l m) m k K (Rmin_r l m)).
  split; [lra|]. rewrite Rmult_plus_distr_r. apply Rplus_le_compat.
  - apply (Rle_trans _ _ _ (proj2 H)). now apply Rmult_le_compat_l.
  - apply (Rle_trans _ _ _ (proj2 G)). now apply Rmult_le_compat_l.
Qed.

Lemma tiny_times s t : tiny s -> tiny t -> tiny (fun k => s k * t k).
Proof.
  intros (C & l & HC & Hl & H) (D & m & HD & Hm & G). exists (C * D), (l + m).
  split; [nra|]. split; [lra|]. intros k K. specialize (H k K). specialize (G k K).
  split; [nra|]. replace (- ((l + m) * k)) with (- (l * k) + - (m * k)) by ring. rewrite exp_plus.
  replace (C * D * _) with ((C * exp (- (l * k))) * (D * exp (- (m * k)))) by ring.
  apply Rmult_le_compat; tauto.
Qed.

Lemma tiny_scale c t : 0 <= c -> tiny t -> tiny (fun k => c * t k).
Proof.
  intros Hc (C & l & HC & Hl & H). exists (c * C), l. split; [nra|]. split; [lra|]. intros k K. specialize (H k K).
  rewrite Rmult_assoc. split; [nra|]. now apply Rmult_le_compat_l.
Qed.

Lemma tiny_linear t : tiny t -> tiny (fun k => k * t k).
Proof.
  intros (C & l & HC & Hl & H). exists (C * (2 / l)), (l / 2). assert (0 < 2 / l) by (apply Rdiv_lt_0_compat; lra).
  split; [nra|]. split; [lra|]. intros k K. specialize (H k K). split; [nra|].
  apply (Rle_trans _ (k * (C * exp (- (l * k))))); [apply Rmult_le_compat_l; lra|].
  replace (- (l * k)) with (- (l / 2 * k) + - (l / 2 * k)) by field. rewrite exp_plus.
  replace (k * _) with (C * (2 / l) * exp (- (l / 2 * k)) * ((l / 2 * k) * exp (- (l / 2 * k)))) by (field; lra).
  rewrite <- (Rmult_1_r (C * (2 / l) * exp (- (l / 2 * k)))) at 2. apply Rmult_le_compat_l.
  - pose proof (exp_pos (- (l / 2 * k))). apply Rmult_le_pos; [nra|lra].
  - rewrite exp_Ropp. pose proof (exp_pos (l / 2 * k)). pose proof (exp_ineq1_le (l / 2 * k)).
    apply (Rmult_le_reg_r (exp (l / 2 * k))); [lra|]. rewrite Rmult_assoc, Rinv_l, Rmult_1_l, Rmult_1_r; lra.
Qed.

Lemma tiny_bounded t : tiny t -> exists C, 0 <= C /\ forall k, 1 <= k -> t k <= C.
Proof.
  intros (C & l & HC & Hl & H). exists C. split; [exact HC|]. intros k K. apply (Rle_trans _ _ _ (proj2 (H k K))).
  rewrite <- (Rmult_1_r C) at 2. apply Rmult_le_compat_l; [exact HC|]. rewrite <- exp_0.
  left. apply exp_increasing. nra.
Qed.

Lemma tiny_limit f L t : tiny t -> (forall k, 1 <= k -> Rabs (f k - L) <= t k) -> is_lim f p_infty L.
Proof.
  intros (C & l & HC & Hl & H) G. apply is_lim_spec. intros eps. destruct eps as [e He]. simpl.
  exists (Rmax 1 (C / e / l)). intros k Hk.
  assert (K : 1 <= k) by (pose proof (Rmax_l 1 (C / e / l)); lra).
  assert (M : C / e / l < k) by (pose proof (Rmax_r 1 (C / e / l)); lra).
  apply (Rle_lt_trans _ _ _ (G k K)). apply (Rle_lt_trans _ _ _ (proj2 (H k K))).
  pose proof (exp_pos (l * k)) as P. pose proof (exp_ineq1_le (l * k)). rewrite exp_Ropp.
  apply (Rmult_lt_reg_r (exp (l * k))); [exact P|]. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
  apply (Rmult_lt_compat_r l) in M; [|exact Hl]. unfold Rdiv in M at 1. rewrite Rmult_assoc, Rinv_l, Rmult_1_r in M by lra.
  apply (Rmult_lt_compat_r e) in M; [|exact He]. unfold Rdiv in M. rewrite Rmult_assoc, Rinv_l, Rmult_1_r in M by lra. nra.
Qed.

(** * tanh and sigmoid *)

Lemma tanh_range x : -1 < tanh x < 1.
Proof.
  rewrite tanh_exp. pose proof (exp_pos (2 * x)).
  assert (0 < 2 / (exp (2 * x) + 1) < 2); [|lra]. split; [apply Rdiv_lt_0_compat; lra|].
  apply (Rmult_lt_reg_r (exp (2 * x) + 1)); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra.
Qed.

Lemma tanh_near_1 x : 0 <= 1 - tanh x <= 2 * exp (- (2 * x)).
Proof.
  pose proof (tanh_range x). split; [lra|]. rewrite tanh_exp. pose proof (exp_pos (2 * x)). rewrite exp_Ropp.
  replace (1 - (1 - 2 / (exp (2 * x) + 1))) with (2 * / (exp (2 * x) + 1)) by (unfold Rdiv; ring).
  apply Rmult_le_compat_l; [lra|]. apply Rinv_le_contravar; lra.
Qed.

Lemma tanh_derivative x : is_derive tanh x (1 - tanh x ^ 2).
Proof.
  apply (is_derive_ext (fun x => 1 - 2 / (exp (2 * x) + 1))); [intros; symmetry; apply tanh_exp|].
  rewrite tanh_exp. pose proof (exp_pos (2 * x)). auto_derive; [lra|]. field. lra.
Qed.

Lemma tanh_lipschitz x y : Rabs (tanh x - tanh y) <= Rabs (x - y).
Proof.
  rewrite <- (Rmult_1_l (Rabs (x - y))). apply (bounded_variation tanh (fun t => 1 - tanh t ^ 2) 1 y x). intros t _.
  split; [apply tanh_derivative|]. pose proof (tanh_range t). apply Rabs_le. nra.
Qed.

Lemma sigmoid_tanh x : sigmoid x = (1 + tanh (x / 2)) / 2.
Proof.
  unfold sigmoid. rewrite tanh_exp. replace (2 * (x / 2)) with x by field. rewrite exp_Ropp. pose proof (exp_pos x).
  field. lra.
Qed.

(** * Values: |s(k) - (slope k + offset)| <= wide k + error + something exponentially small, for all k >= 1 *)

Record bound : Set := Bound { slope : constant; offset : constant; wide : constant; error : constant }.

Definition exactly (c : constant) : bound := Bound [] c [] [].
Definition within_1 : bound := Bound [] [] [] one.
Definition flat (x : bound) : bool := is_zero (slope x) && is_zero (wide x).
Definition is_exact (x : bound) : bool := flat x && is_zero (error x).

Definition add (x y : bound) : bound :=
  Bound (plus (slope x) (slope y)) (plus (offset x) (offset y)) (plus (wide x) (wide y)) (plus (error x) (error y)).

Definition halved (x : bound) : bound :=
  let half := scale (1 # 2) in Bound (half (slope x)) (half (offset x)) (half (wide x)) (half (error x)).

Section Arithmetic.
  Variable cs : calculus.

  Definition absolute (c : constant) : option constant :=
    match c_sign cs c with
    | Some Eq => Some [] | Some Gt => Some c | Some Lt => Some (scale (-1) c) | None => None
    end.

  Definition is_positive (c : constant) : bool := match c_sign cs c with Some Gt => true | _ => false end.
  Definition is_nonnegative (c : constant) : bool := match c_sign cs c with Some Gt | Some Eq => true | _ => false end.

  (** e |c|, where the sign of c is needed only if e is not 0. *)
  Definition times_size (e c : constant) : option constant :=
    if is_zero e then Some [] else option_map (c_product cs e) (absolute c).

  Definition multiply_flat (x y : bound) : option bound :=
    if flat y then
      match times_size (wide x) (offset y), times_size (error y) (slope x),
            times_size (error x) (offset y), times_size (error y) (offset x) with
      | Some w, Some w', Some e, Some e' =>
          Some (Bound (c_product cs (slope x) (offset y)) (c_product cs (offset x) (offset y))
                      (plus w (plus w' (c_product cs (wide x) (error y))))
                      (plus e (plus e' (c_product cs (error x) (error y)))))
      | _, _, _, _ => None
      end
    else None.

  Definition multiply (x y : bound) : option bound := if flat y then multiply_flat x y else multiply_flat y x.

  Definition tanh_bound (o : option bound) : bound :=
    match o with
    | None => within_1
    | Some x =>
        if flat x then
          (if is_zero (error x) then match c_tanh cs (offset x) with Some c => exactly c | None => within_1 end
           else within_1)
        else if is_positive (minus (slope x) (wide x)) then exactly one
        else if is_positive (minus (scale (-1) (slope x)) (wide x)) then exactly (rational (-1))
        else within_1
    end.

  Definition sigmoid_bound (o : option bound) : bound :=
    add (exactly (rational (1 # 2))) (halved (tanh_bound (option_map halved o))).
End Arithmetic.

(** f tends to L, exponentially. *)
Definition near (f : R -> R) (L : R) : Prop := exists t, tiny t /\ forall k, 1 <= k -> Rabs (f k - L) <= t k.

Lemma near_equal f x y : x = y -> near f x -> near f y.
Proof. now intros ->. Qed.

Lemma near_ext f g x : (forall k, 1 <= k -> f k = g k) -> near f x -> near g x.
Proof. intros E (t & T & H). exists t. split; [exact T|]. intros k K. rewrite <- (E k K). now apply H. Qed.

Lemma near_constant c : near (fun _ => c) c.
Proof. exists (fun _ => 0). split; [apply tiny_0|]. intros k K. rewrite Rminus_diag_eq by reflexivity. rewrite Rabs_R0. lra. Qed.

Lemma near_plus_times c f g x y : near f x -> near g y -> near (fun k => c * f k + g k) (c * x + y).
Proof.
  intros (t & T & H) (u & U & G). exists (fun k => Rabs c * t k + u k).
  split; [apply tiny_plus; [apply tiny_scale; [apply Rabs_pos|exact T]|exact U]|]. intros k K. specialize (H k K). specialize (G k K).
  replace (c * f k + g k - (c * x + y)) with (c * (f k - x) + (g k - y)) by ring.
  apply (Rle_trans _ _ _ (Rabs_triang _ _)). rewrite Rabs_mult. pose proof (Rabs_pos c). nra.
Qed.

Section Meaning.
  Variables (A : list R) (cs : calculus).
  Hypothesis sound : sound_for A cs.
  Notation val := (value A).
  Let times_sound : forall c d, val (c_product cs c d) = val c * val d := proj1 sound.
  Let sign_sound : forall c s, c_sign cs c = Some s -> has_sign s (val c) := proj1 (proj2 sound).
  Let tanh_sound : forall c d, c_tanh cs c = Some d -> val d = tanh (val c) := proj2 (proj2 sound).

  Definition holds (x : bound) (f : R -> R) : Prop :=
    0 <= val (wide x) /\ 0 <= val (error x) /\ exists t, tiny t /\ forall k, 1 <= k ->
    Rabs (f k - (val (slope x) * k + val (offset x))) <= val (wide x) * k + val (error x) + t k.

  Definition holds_if_known (o : option bound) (f : R -> R) : Prop := match o with Some x => holds x f | None => True end.

  Lemma holds_ext x f g : (forall k, 1 <= k -> f k = g k) -> holds x f -> holds x g.
  Proof. intros E (W & R & t & T & H). repeat split; try assumption. exists t. split; [exact T|]. intros k K. rewrite <- (E k K). now apply H. Qed.

  Lemma exactly_holds c f : (forall k, 1 <= k -> f k = val c) -> holds (exactly c) f.
  Proof.
    intros E. repeat split; cbn; try lra. exists (fun _ => 0). split; [apply tiny_0|]. intros k K. rewrite (E k K).
    replace (_ - _) with 0 by ring. rewrite Rabs_R0. lra.
  Qed.

  Lemma within_1_holds f : (forall k, 1 <= k -> -1 <= f k <= 1) -> holds within_1 f.
  Proof.
    intros E. unfold holds, within_1. cbn [slope offset wide error value]. rewrite one_value. repeat split; try lra.
    exists (fun _ => 0). split; [apply tiny_0|]. intros k K. specialize (E k K). apply Rabs_le. lra.
  Qed.

  Lemma add_holds x y f g : holds x f -> holds y g -> holds (add x y) (fun k => f k + g k).
  Proof.
    intros (W & R & t & T & H) (W' & R' & t' & T' & H'). unfold holds, add. cbn [slope offset wide error].
    rewrite !plus_value. repeat split; try lra. exists (fun k => t k + t' k). split; [now apply tiny_plus|].
    intros k K. specialize (H k K). specialize (H' k K).
    replace (_ - _) with ((f k - (val (slope x) * k + val (offset x))) + (g k - (val (slope y) * k + val (offset y)))) by ring.
    apply (Rle_trans _ _ _ (Rabs_triang _ _)). lra.
  Qed.

  Lemma halved_holds x f : holds x f -> holds (halved x) (fun k => f k / 2).
  Proof.
    intros (W & R & t & T & H). unfold holds, halved. cbn [slope offset wide error]. rewrite !scale_value.
    replace (Q2R (1 # 2)) with (/ 2) by (unfold Q2R; simpl; lra). repeat split; try lra.
    exists (fun k => / 2 * t k). split; [apply tiny_scale; [lra|exact T]|]. intros k K. specialize (H k K).
    replace (_ - _) with (/ 2 * (f k - (val (slope x) * k + val (offset x)))) by field.
    rewrite Rabs_mult, (Rabs_pos_eq (/ 2)) by lra. lra.
  Qed.

  Lemma absolute_value c d : absolute cs c = Some d -> val d = Rabs (val c).
  Proof.
    unfold absolute. destruct (c_sign cs c) as [s|] eqn:E; [|discriminate].
    apply sign_sound in E. destruct s; cbn in E; intros [= <-].
    - cbn. rewrite E. symmetry. apply Rabs_R0.
    - rewrite scale_value. rewrite Rabs_left by exact E. unfold Q2R; simpl. lra.
    - rewrite Rabs_pos_eq; lra.
  Qed.

  Lemma times_size_value e c d : times_size cs e c = Some d -> val d = val e * Rabs (val c).
  Proof.
    unfold times_size. destruct (is_zero e) eqn:Z.
    - intros [= <-]. rewrite (is_zero_value A e Z). cbn. ring.
    - destruct (absolute cs c) as [s|] eqn:E; [|discriminate]. intros [= <-]. apply absolute_value in E. now rewrite times_sound, E.
  Qed.

  Lemma is_positive_value c : is_positive cs c = true -> 0 < val c.
  Proof.
    unfold is_positive. destruct (c_sign cs c) as [[]|] eqn:E; try discriminate. intros _. now apply sign_sound in E.
  Qed.

  Lemma is_nonnegative_value c : is_nonnegative cs c = true -> 0 <= val c.
  Proof.
    unfold is_nonnegative. destruct (c_sign cs c) as [[]|] eqn:E; try discriminate; intros _;
      apply sign_sound in E; cbn in E; lra.
  Qed.

  Lemma flat_value x : flat x = true -> val (slope x) = 0 /\ val (wide x) = 0.
  Proof. unfold flat. rewrite Bool.andb_true_iff. intros [P Q]. split; now apply is_zero_value. Qed.

  Lemma multiply_flat_holds x y z f g :
    multiply_flat cs x y = Some z -> holds x f -> holds y g -> holds z (fun k => f k * g k).
  Proof.
    unfold multiply_flat. destruct (flat y) eqn:F; [|discriminate]. apply flat_value in F. destruct F as [F1 F2].
    destruct (times_size cs (wide x) (offset y)) as [wn|] eqn:WN; [|discriminate].
    destruct (times_size cs (error y) (slope x)) as [em1|] eqn:EM1; [|discriminate].
    destruct (times_size cs (error x) (offset y)) as [en|] eqn:EN; [|discriminate].
    destruct (times_size cs (error y) (offset x)) as [em0|] eqn:EM0; [|discriminate].
    apply times_size_value in WN, EM1, EN, EM0.
    intros [= <-] (W & E & t & T & H) (_ & E' & u & U & H').
    unfold holds. cbn [slope offset wide error]. rewrite !plus_value, !times_sound.
    rewrite WN, EM1, EN, EM0. rewrite F1, F2 in H'. clear WN EM1 EN EM0 F1 F2.
    set (s := val (slope x)) in *. set (o := val (offset x)) in *. set (p := val (offset y)) in *.
    set (w := val (wide x)) in *. set (e := val (error x)) in *. set (e' := val (error y)) in *.
    pose proof (Rabs_pos s). pose proof (Rabs_pos o). pose proof (Rabs_pos p).
    assert (0 <= w * Rabs p) by now apply Rmult_le_pos. assert (0 <= e * Rabs p) by now apply Rmult_le_pos.
    assert (0 <= Rabs s * e') by now apply Rmult_le_pos. assert (0 <= Rabs o * e') by now apply Rmult_le_pos.
    assert (0 <= w * e') by now apply Rmult_le_pos. assert (0 <= e * e') by now apply Rmult_le_pos.
    split; [lra|]. split; [lra|].
    exists (fun k => Rabs p * t k + (e' * t k + (t k * u k + ((Rabs s + w) * (k * u k) + (Rabs o + e) * u k)))).
    split.
    { repeat apply tiny_plus; try (apply tiny_scale; [lra|]); try assumption; [now apply tiny_times|now apply tiny_linear]. }
    intros k K. specialize (H k K). specialize (H' k K).
    set (a := f k - (s * k + o)) in *. set (b := g k - (0 * k + p)) in *.
    replace (f k * g k - (s * p * k + o * p)) with (a * p + ((s * k + o) * b + a * b)) by (unfold a, b; ring).
    assert (B : Rabs b <= e' + u k) by lra.
    assert (S : Rabs (s * k + o) <= Rabs s * k + Rabs o).
    { apply (Rle_trans _ _ _ (Rabs_triang _ _)). rewrite Rabs_mult, (Rabs_pos_eq k) by lra. lra. }
    apply (Rle_trans _ (Rabs a * Rabs p + (Rabs (s * k + o) * Rabs b + Rabs a * Rabs b))).
    { apply (Rle_trans _ _ _ (Rabs_triang _ _)). rewrite Rabs_mult. apply Rplus_le_compat_l.
      apply (Rle_trans _ _ _ (Rabs_triang _ _)). rewrite !Rabs_mult. lra. }
    pose proof (Rabs_pos a). pose proof (Rabs_pos b). pose proof (Rabs_pos (s * k + o)).
    apply (Rle_trans _ ((w * k + e + t k) * Rabs p + ((Rabs s * k + Rabs o) * (e' + u k) + (w * k + e + t k) * (e' + u k)))).
    { apply Rplus_le_compat; [now apply Rmult_le_compat_r|]. apply Rplus_le_compat; now apply Rmult_le_compat. }
    apply Req_le. ring.
  Qed.

  Lemma multiply_holds x y z f g :
    multiply cs x y = Some z -> holds x f -> holds y g -> holds z (fun k => f k * g k).
  Proof.
    unfold multiply. destruct (flat y); intros E H G; [now apply (multiply_flat_holds x y)|].
    apply (holds_ext _ (fun k => g k * f k)); [intros; ring|]. now apply (multiply_flat_holds y x).
  Qed.

  Lemma saturated c f : (exists a b, 0 < a /\ forall k, 1 <= k -> a * k - b <= f k) -> val c = 1 ->
    holds (exactly c) (fun k => tanh (f k)).
  Proof.
    intros (a & b & Ha & H) C. unfold holds, exactly. cbn [slope offset wide error value]. rewrite C.
    repeat split; try lra. exists (fun k => 2 * exp (2 * b) * exp (- (2 * a * k))). split.
    - exists (2 * exp (2 * b)), (2 * a). pose proof (exp_pos (2 * b)). repeat split; try lra.
      pose proof (exp_pos (- (2 * a * k))). nra.
    - intros k K. specialize (H k K). pose proof (tanh_near_1 (f k)) as N. rewrite Rabs_left1 by lra.
      rewrite Rmult_assoc, <- exp_plus. assert (exp (- (2 * f k)) <= exp (2 * b + - (2 * a * k))); [|lra].
      destruct (Req_dec (- (2 * f k)) (2 * b + - (2 * a * k))) as [->|]; [lra|]. left. apply exp_increasing. lra.
  Qed.

  Lemma tanh_bound_holds o f : holds_if_known o f -> holds (tanh_bound cs o) (fun k => tanh (f k)).
  Proof.
    assert (range : holds within_1 (fun k => tanh (f k))).
    { apply within_1_holds. intros k _. pose proof (tanh_range (f k)). lra. }
    destruct o as [x|]; [|intros; exact range]. cbn [holds_if_known tanh_bound]. intros (W & E & t & T & H).
    destruct (flat x) eqn:F.
    - destruct (is_zero (error x)) eqn:Z; [|exact range].
      destruct (c_tanh cs (offset x)) as [c|] eqn:L; [|exact range].
      apply flat_value in F. destruct F as [F1 F2]. apply (is_zero_value A) in Z. rewrite F1, F2, Z in H.
      apply tanh_sound in L. unfold holds, exactly. cbn [slope offset wide error value].
      repeat split; try lra. exists t. split; [exact T|]. intros k K. specialize (H k K). rewrite L.
      apply (Rle_trans _ (Rabs (f k - val (offset x)))).
      + replace (0 * k + tanh (val (offset x))) with (tanh (val (offset x))) by ring. apply tanh_lipschitz.
      + replace (f k - val (offset x)) with (f k - (0 * k + val (offset x))) by ring. lra.
    - destruct (tiny_bounded t T) as (C & HC & B).
      destruct (is_positive cs (minus (slope x) (wide x))) eqn:P.
      + apply is_positive_value in P. rewrite minus_value in P.
        apply saturated; [|apply one_value].
        exists (val (slope x) - val (wide x)), (Rabs (val (offset x)) + val (error x) + C). split; [lra|]. intros k K.
        specialize (H k K). specialize (B k K). apply Rabs_le_between in H. pose proof (Rle_abs (- val (offset x))).
        rewrite Rabs_Ropp in *. lra.
      + destruct (is_positive cs (minus (scale (-1) (slope x)) (wide x))) eqn:P'; [|exact range]. clear P.
        apply is_positive_value in P'. rewrite minus_value, scale_value in P'.
        replace (Q2R (-1)) with (-1) in P' by (unfold Q2R; simpl; lra).
        assert (S : holds (exactly one) (fun k => tanh (- f k))).
        { apply saturated; [|apply one_value].
          exists (- val (slope x) - val (wide x)), (Rabs (val (offset x)) + val (error x) + C). split; [lra|]. intros k K.
          specialize (H k K). specialize (B k K). apply Rabs_le_between in H. pose proof (Rle_abs (val (offset x))). lra. }
        destruct S as (_ & _ & u & U & S). unfold holds, exactly in *. cbn [slope offset wide error value] in *.
        rewrite rational_value. rewrite one_value in S. replace (Q2R (-1)) with (-1) by (unfold Q2R; simpl; lra).
        repeat split; try lra. exists u. split; [exact U|]. intros k K. specialize (S k K). rewrite tanh_opp in S.
        replace (tanh (f k) - (0 * k + -1)) with (- (- tanh (f k) - (0 * k + 1))) by ring. now rewrite Rabs_Ropp.
  Qed.

  Lemma sigmoid_bound_holds o f : holds_if_known o f -> holds (sigmoid_bound cs o) (fun k => sigmoid (f k)).
  Proof.
    intros H. unfold sigmoid_bound. apply (holds_ext _ (fun k => 1 / 2 + tanh (f k / 2) / 2)).
    - intros k _. rewrite sigmoid_tanh. field.
    - apply add_holds.
      + apply exactly_holds. intros k _. rewrite rational_value. unfold Q2R; simpl. lra.
      + apply halved_holds, tanh_bound_holds. destruct o as [x|]; cbn in *; [now apply halved_holds|exact I].
  Qed.

  Lemma exact_near x f : is_exact x = true -> holds x f -> near f (val (offset x)).
  Proof.
    unfold is_exact. rewrite Bool.andb_true_iff. intros [F Z] (_ & _ & t & T & H).
    apply flat_value in F. destruct F as [F1 F2]. apply (is_zero_value A) in Z.
    exists t. split; [exact T|]. intros k K. specialize (H k K). rewrite F1, F2, Z in H.
    replace (f k - val (offset x)) with (f k - (0 * k + val (offset x))) by ring. lra.
  Qed.
End Meaning.
