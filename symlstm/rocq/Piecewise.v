(** relu and steps of functions of the scale that are known up to what is exponentially small. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import Reals Lra Lia List QArith Qreals.
From Symlstm Require Import Definitions Constants Limits.
Import ListNotations.
Local Open Scope R_scope.

(** * What rises, or is constant and not negative, is negative by something exponentially small at most *)

Lemma rising_tiny a b : 0 < a \/ (a = 0 /\ 0 <= b) -> exists u, tiny u /\ forall k, 1 <= k -> - u k <= a * k + b.
Proof.
  intros [H|[-> H]]; [|exists (fun _ => 0); split; [apply tiny_0|intros; lra]].
  set (C := Rabs b * exp (Rabs b / a)). exists (fun k => C * exp (- (1 * k))).
  assert (HC : 0 <= C) by (apply Rmult_le_pos; [apply Rabs_pos|left; apply exp_pos]). split.
  - exists C, 1. repeat split; try lra. apply Rmult_le_pos; [exact HC|left; apply exp_pos].
  - intros k K. destruct (Rle_or_lt 0 (a * k + b)) as [P|P].
    + assert (0 <= C * exp (- (1 * k))) by (apply Rmult_le_pos; [exact HC|left; apply exp_pos]). lra.
    + assert (B : b < 0) by nra. unfold C. rewrite Rmult_assoc, <- exp_plus, Rabs_left by exact B.
      assert (M : 0 < - b / a + - (1 * k)).
      { apply (Rmult_lt_reg_l a); [exact H|]. rewrite Rmult_plus_distr_l. unfold Rdiv.
        replace (a * (- b * / a)) with (- b) by (field; lra). lra. }
      pose proof (exp_ineq1_le (- b / a + - (1 * k))). nra.
Qed.

Lemma soon_positive a b t : tiny t -> 0 < a \/ (a = 0 /\ 0 < b) ->
  exists u, tiny u /\ forall k, 1 <= k -> 0 <= u k /\ (a * k + b - t k <= 0 -> 1 <= u k).
Proof.
  intros T [H|[-> H]].
  - destruct (tiny_bounded t T) as (C & HC & B). destruct T as (D & l & _ & _ & T). set (M := (C + Rabs b) / a).
    exists (fun k => exp M * exp (- (1 * k))). split.
    + exists (exp M), 1. pose proof (exp_pos M). repeat split; try lra. apply Rmult_le_pos; left; apply exp_pos.
    + intros k K. split; [apply Rmult_le_pos; left; apply exp_pos|]. intros P. specialize (B k K).
      rewrite <- exp_plus. rewrite <- exp_0 at 1. assert (0 <= M + - (1 * k)).
      { apply (Rmult_le_reg_l a); [exact H|]. unfold M, Rdiv. rewrite Rmult_plus_distr_l.
        replace (a * ((C + Rabs b) * / a)) with (C + Rabs b) by (field; lra). pose proof (Rle_abs (- b)). rewrite Rabs_Ropp in *. lra. }
      destruct (Req_dec 0 (M + - (1 * k))) as [<-|]; [lra|]. left. apply exp_increasing. lra.
  - exists (fun k => / b * t k). split; [apply tiny_scale; [left; now apply Rinv_0_lt_compat|exact T]|].
    destruct T as (D & l & _ & _ & T). intros k K. specialize (T k K). pose proof (Rinv_0_lt_compat b H) as I.
    split; [nra|]. intros P. rewrite <- (Rinv_l b) by lra. apply Rmult_le_compat_l; lra.
Qed.

Lemma relu_lipschitz x y : Rabs (relu x - relu y) <= Rabs (x - y).
Proof. unfold relu. apply Rabs_le. pose proof (Rle_abs (x - y)). pose proof (Rle_abs (- (x - y))). rewrite Rabs_Ropp in *.
  unfold Rmax. destruct (Rle_dec x 0), (Rle_dec y 0); lra. Qed.

Section Piecewise.
  Variables (A : list R) (sign : constant -> option comparison).
  Hypothesis sign_means : forall c s, sign c = Some s -> has_sign s (value A c).
  Notation val := (value A).

  (** The sign of a k + b for large k. *)
  Definition line_sign (a b : constant) : option comparison := match sign a with Some Eq => sign b | s => s end.
  Definition opposite (c : constant) : constant := scale (-1) c.

  Definition stays_negative (x : bound) : bool :=
    match line_sign (minus (opposite (slope x)) (wide x)) (minus (opposite (offset x)) (error x)) with
    | Some Gt | Some Eq => true | _ => false
    end.

  Definition relu_bound (x : bound) : option bound :=
    if stays_negative x then Some (exactly [])
    else match line_sign (slope x) (offset x) with
         | Some Gt | Some Eq => Some x
         | Some Lt => Some (Bound [] [] (wide x) (error x))
         | None => None
         end.

  Definition any_step : bound := let half := rational (1 # 2) in Bound [] half [] half.

  Definition heaviside_bound (o : option bound) : bound :=
    match o with
    | None => any_step
    | Some x =>
        match line_sign (minus (slope x) (wide x)) (minus (offset x) (error x)) with
        | Some Gt => exactly one
        | _ => match line_sign (minus (opposite (slope x)) (wide x)) (minus (opposite (offset x)) (error x)) with
               | Some Gt => exactly [] | _ => any_step
               end
        end
    end.

  Lemma line_sign_means a b s : line_sign a b = Some s ->
    match s with
    | Gt => 0 < val a \/ (val a = 0 /\ 0 < val b)
    | Eq => val a = 0 /\ val b = 0
    | Lt => val a < 0 \/ (val a = 0 /\ val b < 0)
    end.
  Proof.
    unfold line_sign. destruct (sign a) as [[]|] eqn:E; try discriminate; apply sign_means in E; cbn in E.
    - intros H. apply sign_means in H. destruct s; cbn in H; tauto.
    - intros [= <-]. now left.
    - intros [= <-]. now left.
  Qed.

  Lemma opposite_value c : val (opposite c) = - val c.
  Proof. unfold opposite. rewrite scale_value. unfold Q2R; simpl. lra. Qed.

  Lemma line_rises a b : match line_sign a b with Some Gt | Some Eq => true | _ => false end = true ->
    0 < val a \/ (val a = 0 /\ 0 <= val b).
  Proof.
    destruct (line_sign a b) as [s|] eqn:E; [|discriminate]. apply line_sign_means in E. destruct s; try discriminate; intros _; lra.
  Qed.

  Lemma relu_bound_holds x f : holds A x f -> holds_if_known A (relu_bound x) (fun k => relu (f k)).
  Proof.
    intros (W & E & t & T & H). unfold relu_bound. destruct (stays_negative x) eqn:N.
    - apply line_rises in N. destruct (rising_tiny _ _ N) as (u & U & P). rewrite !minus_value, !opposite_value in P.
      cbn. unfold holds, exactly. cbn [slope offset wide error value]. repeat split; try lra.
      exists (fun k => u k + t k). split; [now apply tiny_plus|]. intros k K. specialize (H k K). specialize (P k K).
      destruct T as (C & l & _ & _ & T). specialize (T k K). destruct U as (D & m & _ & _ & U). specialize (U k K).
      apply Rabs_le_between in H. apply Rabs_le. unfold relu, Rmax. destruct (Rle_dec (f k) 0); lra.
    - clear N. assert (L : forall k, 1 <= k -> Rabs (relu (f k) - relu (val (slope x) * k + val (offset x))) <= val (wide x) * k + val (error x) + t k).
      { intros k K. apply (Rle_trans _ _ _ (relu_lipschitz _ _)). now apply H. }
      assert (G : forall m n u, tiny u -> (forall k, 1 <= k -> Rabs (relu (val (slope x) * k + val (offset x)) - (val m * k + val n)) <= u k) ->
        holds A (Bound m n (wide x) (error x)) (fun k => relu (f k))).
      { intros m n u U P. unfold holds. cbn [slope offset wide error]. split; [exact W|]. split; [exact E|].
        exists (fun k => u k + t k). split; [now apply tiny_plus|]. intros k K. specialize (L k K). specialize (P k K).
        set (g := val (slope x) * k + val (offset x)) in *.
        replace (relu (f k) - (val m * k + val n)) with ((relu (f k) - relu g) + (relu g - (val m * k + val n))) by ring.
        apply (Rle_trans _ _ _ (Rabs_triang _ _)). lra. }
      destruct (line_sign (slope x) (offset x)) as [s|] eqn:S; [|exact I]. apply line_sign_means in S.
      assert (P : s <> Lt -> holds A x (fun k => relu (f k))).
      { intros N. destruct (rising_tiny (val (slope x)) (val (offset x))) as (u & U & P); [destruct s; intuition lra|].
        destruct x as [m n w e]. cbn [slope offset wide error] in *. apply (G m n u U). intros k K. specialize (P k K).
        destruct U as (D & l & _ & _ & U). specialize (U k K). apply Rabs_le. unfold relu, Rmax. destruct (Rle_dec _ 0); lra. }
      destruct s; try (apply P; discriminate).
      destruct (rising_tiny (- val (slope x)) (- val (offset x))) as (u & U & Q); [intuition lra|].
      apply (G [] [] u U). intros k K. specialize (Q k K). destruct U as (D & l & _ & _ & U). specialize (U k K).
      cbn [value]. apply Rabs_le. unfold relu, Rmax. destruct (Rle_dec _ 0); lra.
  Qed.

  Lemma any_step_holds f : holds A any_step (fun k => heaviside (f k)).
  Proof.
    unfold holds, any_step. cbn [slope offset wide error value]. rewrite !rational_value.
    replace (Q2R (1 # 2)) with (/ 2) by (unfold Q2R; simpl; lra). repeat split; try lra.
    exists (fun _ => 0). split; [apply tiny_0|]. intros k K. apply Rabs_le. unfold heaviside. destruct (Rle_dec 0 (f k)); lra.
  Qed.

  Lemma heaviside_bound_holds o f : holds_if_known A o f -> holds A (heaviside_bound o) (fun k => heaviside (f k)).
  Proof.
    destruct o as [x|]; [|intros; apply any_step_holds]. intros (W & E & t & T & H).
    assert (G : forall c u, tiny u -> (forall k, 1 <= k -> Rabs (heaviside (f k) - val c) <= u k) -> holds A (exactly c) (fun k => heaviside (f k))).
    { intros c u U P. unfold holds, exactly. cbn [slope offset wide error value]. repeat split; try lra.
      exists u. split; [exact U|]. intros k K. specialize (P k K). replace (0 * k + val c) with (val c) by ring. lra. }
    unfold heaviside_bound.
    destruct (line_sign (minus (slope x) (wide x)) (minus (offset x) (error x))) as [[]|] eqn:S;
      [| |apply line_sign_means in S; rewrite !minus_value in S;
          destruct (soon_positive _ _ t T S) as (u & U & P); apply (G one u U); intros k K; specialize (H k K); specialize (P k K);
          apply Rabs_le_between in H; apply Rabs_le; rewrite one_value; unfold heaviside; destruct (Rle_dec 0 (f k)); lra|];
    destruct (line_sign (minus (opposite (slope x)) (wide x)) (minus (opposite (offset x)) (error x))) as [[]|] eqn:N; try apply any_step_holds;
      apply line_sign_means in N; rewrite !minus_value, !opposite_value in N;
      destruct (soon_positive _ _ t T N) as (u & U & P); apply (G [] u U); intros k K; specialize (H k K); specialize (P k K);
      apply Rabs_le_between in H; apply Rabs_le; cbn [value]; unfold heaviside; destruct (Rle_dec 0 (f k)); lra.
  Qed.
End Piecewise.
