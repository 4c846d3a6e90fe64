(** One scale and every word: boxes that each step leads into. *)

From Coq Require Import Reals ZArith QArith Qreals List Lra Lia Bool.
From Coquelicot Require Import Coquelicot.
From Interval Require Import Real.Xreal.
From Symlstm Require Import Definitions Constants Steps Machines.
Import ListNotations.
Local Open Scope R_scope.

Definition box : Type := list I.type.
Lemma anything r : encloses I.nai r.
Proof. apply contains_any. rewrite I.nai_correct. exact Logic.I. Qed.

Section Intervals.
  Variables (net : network) (k : Q) (bits : positive).
  Let prec := F.PtoP bits.
  Let A := atom_values (atoms net) [].
  Variable xs : list I.type.
  Hypothesis known : enclosed xs A.

  Definition number_interval (c : constant) : I.type := interval prec xs c.

  Definition scaled_interval (w : weight) : I.type :=
    I.add prec (I.mul prec (number_interval (fst w)) (interval_of prec k)) (number_interval (snd w)).

  Definition plain_sigmoid (x : I.type) : I.type := I.inv prec (I.add prec (I.fromZ prec 1) (I.exp prec (I.neg x))).

  (** A sigmoid is below 2^-bits at -bits, and as near to 1 at bits: beyond, exp would have too long a number. *)
  Definition near_zero : I.type := I.join (I.fromZ prec 0) (interval_of prec (1 # 2 ^ bits)).
  Definition near_one : I.type := I.sub prec (I.fromZ prec 1) near_zero.

  Definition sigmoid_interval (x : I.type) : I.type :=
    let least := I.fromZ prec (Zneg bits) in
    let most := I.fromZ prec (Zpos bits) in
    let between := plain_sigmoid (I.meet x (I.join least most)) in
    match I.sign_strict (I.sub prec x least), I.sign_strict (I.sub prec x most) with
    | Xlt, _ => near_zero
    | _, Xgt => near_one
    | Xgt, Xlt => plain_sigmoid x
    | Xgt, _ => I.join near_one between
    | _, Xlt => I.join near_zero between
    | _, _ => I.join (I.join near_zero near_one) between
    end.

  Definition tanh_by_sigmoid (x : I.type) : I.type :=
    I.sub prec (I.mul prec (I.fromZ prec 2) (sigmoid_interval (I.mul prec (I.fromZ prec 2) x))) (I.fromZ prec 1).

  Definition relu_interval (x : I.type) : I.type :=
    match I.sign_strict x with
    | Xgt => x
    | Xlt | Xeq => I.fromZ prec 0
    | Xund => I.join (I.fromZ prec 0) (I.meet x (I.upper_extent (I.fromZ prec 0)))
    end.

  Definition heaviside_interval (x : I.type) : I.type :=
    match I.sign_strict x, I.sign_large x with
    | Xlt, _ => I.fromZ prec 0
    | _, Xgt | _, Xeq => I.fromZ prec 1
    | _, _ => I.join (I.fromZ prec 0) (I.fromZ prec 1)
    end.

  (** Intervals, with a way to take weights, sigmoids and tanh. *)
  Definition intervals_by (weigh : weight -> I.type) (sigmoid tanh : I.type -> I.type) : arithmetic I.type :=
    Arithmetic (affine_by weigh (I.add prec) (I.mul prec)) (I.add prec) (I.mul prec)
      sigmoid tanh relu_interval heaviside_interval.

  Definition intervals : arithmetic I.type := intervals_by scaled_interval sigmoid_interval tanh_by_sigmoid.

  Fixpoint read_interval (ts : list (nat * constant)) (b : box) : I.type :=
    match ts with
    | [] => I.fromZ prec 0
    | (n, c) :: ts => I.add prec (I.mul prec (number_interval c) (nth n b I.nai)) (read_interval ts b)
    end.

  (** An interval stands for what has its value at this scale inside. *)
  Definition means (x : I.type) (f : R -> R) : Prop := encloses x (f (Q2R k)).
  Definition holds (b : box) (state : list R) : Prop := stands means b (fun _ => state).

  Lemma add_contains x y r s : encloses x r -> encloses y s -> encloses (I.add prec x y) (r + s).
  Proof. exact (I.add_correct prec x y (Xreal r) (Xreal s)). Qed.

  Lemma mul_contains x y r s : encloses x r -> encloses y s -> encloses (I.mul prec x y) (r * s).
  Proof. exact (I.mul_correct prec x y (Xreal r) (Xreal s)). Qed.

  Lemma number_contains c : encloses (number_interval c) (number net c).
  Proof. now apply interval_contains. Qed.

  Lemma scaled_contains w : encloses (scaled_interval w) (scaled net (Q2R k) w).
  Proof. apply add_contains; [apply mul_contains; [|apply interval_of_contains]|]; apply number_contains. Qed.

  Lemma sub_contains x y r s : encloses x r -> encloses y s -> encloses (I.sub prec x y) (r - s).
  Proof. exact (I.sub_correct prec x y (Xreal r) (Xreal s)). Qed.

  Lemma join_left x y r : encloses x r -> encloses (I.join x y) r.
  Proof. intros H. apply I.join_correct. now left. Qed.

  Lemma join_right x y r : encloses y r -> encloses (I.join x y) r.
  Proof. intros H. apply I.join_correct. now right. Qed.

  Lemma between x r s t : encloses x r -> encloses x t -> r <= s <= t -> encloses x s.
  Proof. destruct (I.convert x) as [|[|l] [|u]]; cbn; try tauto; intros; split; try tauto; lra. Qed.

  Lemma plain_sigmoid_contains x r : encloses x r -> encloses (plain_sigmoid x) (sigmoid r).
  Proof.
    intros H. unfold plain_sigmoid, sigmoid. apply I.neg_correct, (I.exp_correct prec) in H. cbn in H.
    pose proof (I.inv_correct prec _ _ (add_contains _ _ _ _ (I.fromZ_correct prec 1) H)) as V.
    cbn in V. unfold Xinv' in V. destruct (is_zero_spec (1 + exp (- r))) as [E|E] in V; [|exact V].
    pose proof (exp_pos (- r)). lra.
  Qed.

  Lemma exp_two n : 2 ^ n <= exp (INR n).
  Proof.
    induction n as [|n IH]; [cbn; rewrite exp_0; apply Rle_refl|]. rewrite S_INR, exp_plus. cbn [pow].
    pose proof (exp_ineq1_le 1). pose proof (pow_lt 2 n ltac:(lra)). nra.
  Qed.

  Lemma tiny_value : Q2R (1 # 2 ^ bits) = / 2 ^ Pos.to_nat bits.
  Proof.
    unfold Q2R. cbn [Qnum Qden]. rewrite Rmult_1_l. f_equal.
    rewrite Pos2Z.inj_pow, <- (positive_nat_Z bits), <- pow_IZR. reflexivity.
  Qed.

  Lemma sigmoid_opp r : sigmoid r = 1 - sigmoid (- r).
  Proof.
    unfold sigmoid. rewrite Ropp_involutive, exp_Ropp. pose proof (exp_pos r). field. lra.
  Qed.

  Lemma near_zero_contains r : r <= - IZR (Zpos bits) -> encloses near_zero (sigmoid r).
  Proof.
    intros H. apply (between _ 0 _ (Q2R (1 # 2 ^ bits))).
    - apply join_left, I.fromZ_correct.
    - apply join_right, interval_of_contains.
    - rewrite tiny_value. unfold sigmoid. pose proof (exp_pos (- r)). split.
      + left. apply Rinv_0_lt_compat. lra.
      + apply Rinv_le_contravar; [apply pow_lt; lra|]. pose proof (exp_two (Pos.to_nat bits)) as E.
        rewrite INR_IZR_INZ, positive_nat_Z in E.
        assert (exp (IZR (Zpos bits)) <= exp (- r)).
        { destruct (Req_dec (IZR (Zpos bits)) (- r)) as [->|N]; [lra|]. left. apply exp_increasing. lra. }
        lra.
  Qed.

  Lemma near_one_contains r : IZR (Zpos bits) <= r -> encloses near_one (sigmoid r).
  Proof.
    intros H. rewrite sigmoid_opp. apply sub_contains; [apply I.fromZ_correct|]. apply near_zero_contains. lra.
  Qed.

  Lemma sign_of y r : encloses y r -> match I.sign_strict y with Xlt => r < 0 | Xgt => 0 < r | _ => True end.
  Proof.
    intros H. pose proof (I.sign_strict_correct y) as Y. destruct (I.sign_strict y); try exact Logic.I; exact (proj2 (Y _ H)).
  Qed.

  Lemma sigmoid_interval_contains x r : encloses x r -> encloses (sigmoid_interval x) (sigmoid r).
  Proof.
    intros H. unfold sigmoid_interval. cbv zeta.
    pose proof (sign_of _ _ (sub_contains _ _ _ _ H (I.fromZ_correct prec (Zneg bits)))) as L.
    pose proof (sign_of _ _ (sub_contains _ _ _ _ H (I.fromZ_correct prec (Zpos bits)))) as M.
    change (IZR (Zneg bits)) with (- IZR (Zpos bits)) in L.
    assert (B : - IZR (Zpos bits) < r < IZR (Zpos bits) ->
      encloses (plain_sigmoid (I.meet x (I.join (I.fromZ prec (Zneg bits)) (I.fromZ prec (Zpos bits))))) (sigmoid r)).
    { intros [C D]. apply plain_sigmoid_contains, I.meet_correct; [exact H|].
      apply (between _ (- IZR (Zpos bits)) _ (IZR (Zpos bits))); [| |lra].
      - apply join_left. exact (I.fromZ_correct prec (Zneg bits)).
      - apply join_right, I.fromZ_correct. }
    assert (P : 0 < IZR (Zpos bits)) by now apply IZR_lt.
    destruct (Rle_or_lt r (- IZR (Zpos bits))) as [C|C]; [|destruct (Rle_or_lt (IZR (Zpos bits)) r) as [D|D]].
    - pose proof (near_zero_contains r C) as Z.
      destruct (I.sign_strict (I.sub prec x (I.fromZ prec (Zneg bits))));
        destruct (I.sign_strict (I.sub prec x (I.fromZ prec (Zpos bits)))); try exact Z; try lra;
        try (now apply join_left); try (now apply join_left, join_left); now apply plain_sigmoid_contains.
    - pose proof (near_one_contains r D) as O.
      destruct (I.sign_strict (I.sub prec x (I.fromZ prec (Zneg bits))));
        destruct (I.sign_strict (I.sub prec x (I.fromZ prec (Zpos bits)))); try exact O; try lra;
        try (now apply join_left); try (now apply join_left, join_right); now apply plain_sigmoid_contains.
    - specialize (B (conj C D)).
      destruct (I.sign_strict (I.sub prec x (I.fromZ prec (Zneg bits))));
        destruct (I.sign_strict (I.sub prec x (I.fromZ prec (Zpos bits)))); try lra; try (now apply join_right);
        now apply plain_sigmoid_contains.
  Qed.

  Lemma tanh_by_sigmoid_contains x r : encloses x r -> encloses (tanh_by_sigmoid x) (tanh r).
  Proof.
    intros H. replace (tanh r) with (2 * sigmoid (2 * r) - 1).
    - apply sub_contains; [apply mul_contains; [|apply sigmoid_interval_contains, mul_contains; [|exact H]]|];
        apply I.fromZ_correct.
    - rewrite tanh_exp. unfold sigmoid. rewrite exp_Ropp. pose proof (exp_pos (2 * r)). field. lra.
  Qed.

  Lemma relu_contains x r : encloses x r -> encloses (relu_interval x) (relu r).
  Proof.
    intros H. unfold relu_interval. pose proof (I.sign_strict_correct x) as S.
    assert (Z : encloses (I.fromZ prec 0) 0) by apply I.fromZ_correct.
    unfold relu, Rmax. destruct (I.sign_strict x), (Rle_dec r 0) as [L|L]; try exact H; try exact Z.
    - specialize (S _ H). injection S as ->. lra.
    - specialize (S _ H). cbn in S. lra.
    - specialize (S _ H). cbn in S. lra.
    - now apply join_left.
    - apply join_right, I.meet_correct; [exact H|]. refine (I.upper_extent_correct (I.fromZ prec 0) r 0 Z _). lra.
  Qed.

  Lemma heaviside_contains x r : encloses x r -> encloses (heaviside_interval x) (heaviside r).
  Proof.
    intros H. unfold heaviside_interval. pose proof (I.sign_strict_correct x) as S. pose proof (I.sign_large_correct x) as L.
    assert (Z : encloses (I.fromZ prec 0) 0) by apply I.fromZ_correct. assert (O : encloses (I.fromZ prec 1) 1) by apply I.fromZ_correct.
    unfold heaviside. destruct (I.sign_strict x), (I.sign_large x), (Rle_dec 0 r) as [P|P]; try exact Z; try exact O;
      try (now apply join_left); try (now apply join_right); try specialize (S _ H); try specialize (L _ H); cbn in S, L;
      try (injection S as ->); try (injection L as ->); try lra.
  Qed.

  Lemma intervals_by_sound weigh s t :
    (forall w, encloses (weigh w) (scaled net (Q2R k) w)) ->
    (forall x r, encloses x r -> encloses (s x) (sigmoid r)) ->
    (forall x r, encloses x r -> encloses (t x) (tanh r)) -> sound net (intervals_by weigh s t) means.
  Proof.
    intros W S T. split; [intros x f g E H; unfold means; now rewrite <- E|].
    split; cbn [intervals_by affine sum_of product_of sigmoid_of tanh_of relu_of heaviside_of pointwise]; unfold means.
    - apply (affine_by_means net means); unfold means.
      + intros x f g E H. now rewrite <- E.
      + intros w. apply W.
      + intros x f y g. apply add_contains.
      + intros x f y g. apply mul_contains.
    - intros x f y g. apply add_contains.
    - intros x f y g. apply mul_contains.
    - intros x f. apply S.
    - intros x f. apply T.
    - intros x f. apply relu_contains.
    - intros x f. apply heaviside_contains.
  Qed.

  Lemma intervals_sound : sound net intervals means.
  Proof. apply intervals_by_sound; [apply scaled_contains|apply sigmoid_interval_contains|apply tanh_by_sigmoid_contains]. Qed.

  Lemma step_holds b state word : holds b state -> holds (step intervals net b word) (step (reals net (Q2R k)) net state word).
  Proof. intros H. destruct (step_stands net intervals means intervals_sound _ _ word H) as [L G]. now split; [intros _; apply L|]. Qed.

  Lemma read_contains b state : holds b state -> forall ts, encloses (read_interval ts b) (read net ts state).
  Proof.
    intros [_ H]. induction ts as [|[n c] ts IH]; cbn [read read_interval]; [apply I.fromZ_correct|].
    apply add_contains; [apply mul_contains; [apply number_contains|]|exact IH].
    destruct (nth_error b n) as [x|] eqn:E; [rewrite (nth_error_nth _ _ _ E); now apply H|].
    apply nth_error_None in E. rewrite nth_overflow by exact E. apply anything.
  Qed.
End Intervals.
