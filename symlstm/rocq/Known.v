(** What is known of a value in the limit, and a step of a network with it. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import Reals Lra Lia List QArith Qreals ZArith.
From Symlstm Require Import Definitions Constants Limits Piecewise Steps.
Import ListNotations.
Local Open Scope R_scope.

(** Nothing, main and error, or that it is a k + b. *)

Inductive known : Set := Unknown | Near (x : bound) | Exact (w : weight).

Definition bound_of (w : weight) : bound := Bound (fst w) (snd w) [] [].

Definition bound_known (x : known) : option bound :=
  match x with Unknown => None | Near x => Some x | Exact w => Some (bound_of w) end.

Definition near_if_known (o : option bound) : known := match o with Some x => Near x | None => Unknown end.

Section Arithmetic.
  Variable cs : calculus.
  Variable fixed : constant -> bool.  (* numbers of the network's table of atoms *)

  Definition sum_known (x y : known) : known :=
    match x, y with
    | Exact v, Exact w => Exact (both v w)
    | _, _ => match bound_known x, bound_known y with Some x, Some y => Near (add x y) | _, _ => Unknown end
    end.

  Definition product_known (x y : known) : known :=
    match x, y with
    | Exact v, Exact w =>
        if is_zero (fst v) then Exact (c_product cs (snd v) (fst w), c_product cs (snd v) (snd w))
        else if is_zero (fst w) then Exact (c_product cs (fst v) (snd w), c_product cs (snd v) (snd w)) else Unknown
    | _, _ => match bound_known x, bound_known y with Some x, Some y => near_if_known (multiply cs x y) | _, _ => Unknown end
    end.

  Definition relu_near (x : known) : known :=
    match bound_known x with Some x => near_if_known (relu_bound (c_sign cs) x) | None => Unknown end.

  (** The sign of what is exactly a constant decides. *)
  Definition relu_known (x : known) : known :=
    match x with
    | Exact (a, b) =>
        if is_zero a then match c_sign cs b with Some Gt | Some Eq => x | Some Lt => Exact ([], []) | None => relu_near x end
        else relu_near x
    | _ => relu_near x
    end.

  Definition heaviside_known (x : known) : known :=
    let other := Near (heaviside_bound (c_sign cs) (bound_known x)) in
    match x with
    | Exact (a, b) =>
        if is_zero a then match c_sign cs b with Some Gt | Some Eq => Exact ([], one) | Some Lt => Exact ([], []) | None => other end
        else other
    | _ => other
    end.

  Definition exactly_known (w : weight) : known := if fixed (fst w) && fixed (snd w) then Exact w else Unknown.

  Definition limits : arithmetic known :=
    Arithmetic (affine_by exactly_known sum_known product_known) sum_known product_known
      (fun x => Near (sigmoid_bound cs (bound_known x))) (fun x => Near (tanh_bound cs (bound_known x)))
      relu_known heaviside_known.
End Arithmetic.

Section Sound.
  Variables (net : network) (A : list R) (cs : calculus) (fixed : constant -> bool).
  Hypothesis right : sound_for A cs.
  Notation val := (value A).
  Hypothesis fixed_number : forall c, fixed c = true -> number net c = val c.
  Notation holds := (holds A).
  Notation holds_if_known := (holds_if_known A).
  Let times_sound : forall c d, val (c_product cs c d) = val c * val d := proj1 right.
  Let sign_sound : forall c s, c_sign cs c = Some s -> has_sign s (val c) := proj1 (proj2 right).

  Definition line (w : weight) (k : R) : R := val (fst w) * k + val (snd w).

  Lemma line_value k a b : line (a, b) k = val a * k + val b.
  Proof. reflexivity. Qed.

  Definition means (x : known) (f : R -> R) : Prop :=
    match x with Unknown => True | Near x => holds x f | Exact w => forall k, 1 <= k -> f k = line w k end.

  Lemma bound_of_holds w f : (forall k, 1 <= k -> f k = line w k) -> holds (bound_of w) f.
  Proof.
    intros E. unfold Limits.holds, bound_of. cbn [slope offset wide error value]. repeat split; try lra.
    exists (fun _ => 0). split; [apply tiny_0|]. intros k K. rewrite (E k K). unfold line.
    replace (_ - _) with 0 by ring. rewrite Rabs_R0. lra.
  Qed.

  Lemma bound_means x f : means x f -> holds_if_known (bound_known x) f.
  Proof. destruct x; cbn; trivial. apply bound_of_holds. Qed.

  Lemma near_if_known_means o f : holds_if_known o f -> means (near_if_known o) f.
  Proof. now destruct o. Qed.

  Lemma means_extensional x f g : (forall k, f k = g k) -> means x f -> means x g.
  Proof. intros E. destruct x; cbn; trivial; [now apply holds_ext|]. intros H k K. rewrite <- E. now apply H. Qed.

  Lemma sum_means x f y g : means x f -> means y g -> means (sum_known x y) (fun k => f k + g k).
  Proof.
    intros H G. assert (N : means (match bound_known x, bound_known y with Some x, Some y => Near (add x y) | _, _ => Unknown end) (fun k => f k + g k)).
    { apply bound_means in H, G. destruct (bound_known x), (bound_known y); try exact I. now apply add_holds. }
    destruct x, y; try exact N. intros k K. rewrite (H k K), (G k K). unfold line, both. cbn [fst snd]. rewrite !plus_value. ring.
  Qed.

  Lemma product_means x f y g : means x f -> means y g -> means (product_known cs x y) (fun k => f k * g k).
  Proof.
    intros H G. assert (N : means (match bound_known x, bound_known y with Some x, Some y => near_if_known (multiply cs x y) | _, _ => Unknown end) (fun k => f k * g k)).
    { apply bound_means in H, G. destruct (bound_known x) as [u|], (bound_known y) as [v|]; try exact I.
      destruct (multiply cs u v) as [z|] eqn:E; [|exact I]. now apply (multiply_holds A cs right u v z). }
    destruct x as [|x|[a b]], y as [|y|[c d]]; try exact N. cbn [product_known fst snd].
    destruct (is_zero a) eqn:Z; [|destruct (is_zero c) eqn:Y; [|exact I]].
    - apply (is_zero_value A) in Z. intros k K. rewrite (H k K), (G k K), !line_value, !times_sound, Z. ring.
    - apply (is_zero_value A) in Y. intros k K. rewrite (H k K), (G k K), !line_value, !times_sound, Y. ring.
  Qed.

  Lemma relu_means x f : means x f -> means (relu_known cs x) (fun k => relu (f k)).
  Proof.
    intros H. assert (N : means (relu_near cs x) (fun k => relu (f k))).
    { apply bound_means in H. unfold relu_near. destruct (bound_known x) as [y|]; [|exact I].
      apply near_if_known_means. exact (relu_bound_holds A (c_sign cs) sign_sound y f H). }
    destruct x as [|x|[a b]]; try exact N. cbn [relu_known]. destruct (is_zero a) eqn:Z; [|exact N].
    apply (is_zero_value A) in Z. cbn in H. destruct (c_sign cs b) as [[]|] eqn:S; try exact N; apply sign_sound in S; cbn in S;
      intros k K; rewrite (H k K), !line_value, Z; unfold relu, Rmax; destruct (Rle_dec _ 0); cbn [value]; lra.
  Qed.

  Lemma heaviside_means x f : means x f -> means (heaviside_known cs x) (fun k => heaviside (f k)).
  Proof.
    intros H. assert (N : means (Near (heaviside_bound (c_sign cs) (bound_known x))) (fun k => heaviside (f k))).
    { apply bound_means in H. exact (heaviside_bound_holds A (c_sign cs) sign_sound _ f H). }
    destruct x as [|x|[a b]]; try exact N. cbn [heaviside_known]. destruct (is_zero a) eqn:Z; [|exact N].
    apply (is_zero_value A) in Z. cbn in H. destruct (c_sign cs b) as [[]|] eqn:S; try exact N; apply sign_sound in S; cbn in S;
      intros k K; rewrite (H k K), !line_value, Z; unfold heaviside; destruct (Rle_dec _ _); rewrite ?one_value; cbn [value]; lra.
  Qed.

  Lemma exactly_means w : means (exactly_known fixed w) (fun k => scaled net k w).
  Proof.
    unfold exactly_known. destruct (fixed (fst w)) eqn:F; [|exact I]. destruct (fixed (snd w)) eqn:S; [|exact I].
    intros k K. unfold scaled, line. now rewrite !fixed_number.
  Qed.

  Lemma limits_sound : sound net (limits cs fixed) means.
  Proof.
    split; [exact means_extensional|]. split; cbn [limits affine sum_of product_of sigmoid_of tanh_of relu_of heaviside_of pointwise].
    - apply affine_by_means; [exact means_extensional|exact exactly_means|exact sum_means|exact product_means].
    - intros x f y g H G. now apply sum_means.
    - intros x f y g H G. now apply product_means.
    - intros x f H. now apply (sigmoid_bound_holds A cs right), bound_means.
    - intros x f H. now apply (tanh_bound_holds A cs right), bound_means.
    - exact relu_means.
    - exact heaviside_means.
  Qed.
End Sound.
