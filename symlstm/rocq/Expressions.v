(** One step in symbols: what a coordinate is a function of.  Equal expressions have equal values. *)

From Coq Require Import Reals Lra List QArith Bool.
From Symlstm Require Import Definitions Constants Steps.
Import ListNotations.
Local Open Scope R_scope.

(** Coordinates, weights, weight * expression + expression, sums, products, and the four functions. *)
Inductive function : Set := Of_sigmoid | Of_tanh | Of_relu | Of_heaviside.
Inductive expression : Set :=
  | Coordinate (n : nat) | Number (w : weight) | Term (w : weight) (f rest : expression)
  | Sum (f g : expression) | Product (f g : expression) | Image (a : function) (f : expression).

Definition function_eqb (a b : function) : bool :=
  match a, b with
  | Of_sigmoid, Of_sigmoid | Of_tanh, Of_tanh | Of_relu, Of_relu | Of_heaviside, Of_heaviside => true
  | _, _ => false
  end.

Definition weight_eqb (v w : weight) : bool := equal (fst v) (fst w) && equal (snd v) (snd w).

Fixpoint expression_eqb (f g : expression) : bool :=
  match f, g with
  | Coordinate n, Coordinate m => Nat.eqb n m
  | Number v, Number w => weight_eqb v w
  | Term v f f', Term w g g' => weight_eqb v w && expression_eqb f g && expression_eqb f' g'
  | Sum f f', Sum g g' | Product f f', Product g g' => expression_eqb f g && expression_eqb f' g'
  | Image a f, Image b g => function_eqb a b && expression_eqb f g
  | _, _ => false
  end.

Definition nothing : expression := Number ([], []).
Definition is_nothing (f : expression) : bool := match f with Number w => null_weight w | _ => false end.

Fixpoint insert_term (w : weight) (f : expression) (rest : expression) : expression :=
  match rest with
  | Term v g rest => if expression_eqb f g then Term (both w v) g rest else Term v g (insert_term w f rest)
  | _ => Term w f rest
  end.

Fixpoint without_null (f : expression) : expression :=
  match f with
  | Term w f rest => if null_weight w then without_null rest else Term w f (without_null rest)
  | _ => f
  end.

(** relu and steps of numbers are decided by their sign. *)
Definition by_sign (sign : constant -> option comparison) (a : function) (positive : expression -> expression) (f : expression) :=
  match f with
  | Number (s, b) =>
      if is_zero s then match sign b with Some Gt | Some Eq => positive f | Some Lt => nothing | None => Image a f end
      else Image a f
  | _ => Image a f
  end.

Definition expressions (sign : constant -> option comparison) : arithmetic expression :=
  Arithmetic
    (fun ws xs => without_null (fold_right (fun p => insert_term (fst p) (snd p)) (Number (fold_right both ([], []) ws)) xs))
    (fun f g => if is_nothing f then g else if is_nothing g then f else Sum f g)
    (fun f g => if is_nothing f || is_nothing g then nothing else Product f g)
    (Image Of_sigmoid) (fun f => if is_nothing f then nothing else Image Of_tanh f)
    (by_sign sign Of_relu (fun f => f)) (by_sign sign Of_heaviside (fun _ => Number ([], one))).

Section Meaning.
  Variables (net : network) (sign : constant -> option comparison) (s : R -> list R).
  Hypothesis sign_means : forall c x, sign c = Some x -> has_sign x (number net c).

  Definition function_value (a : function) : R -> R :=
    match a with Of_sigmoid => sigmoid | Of_tanh => tanh | Of_relu => relu | Of_heaviside => heaviside end.

  Fixpoint value_of (k : R) (f : expression) : R :=
    match f with
    | Coordinate n => nth n (s k) 0
    | Number w => scaled net k w
    | Term w f rest => scaled net k w * value_of k f + value_of k rest
    | Sum f g => value_of k f + value_of k g
    | Product f g => value_of k f * value_of k g
    | Image a f => function_value a (value_of k f)
    end.

  Lemma weight_eqb_eq k v w : weight_eqb v w = true -> scaled net k v = scaled net k w.
  Proof.
    unfold weight_eqb. rewrite andb_true_iff. intros [E F]. apply (equal_value (atom_values (atoms net) [])) in E, F.
    unfold scaled, number. now rewrite E, F.
  Qed.

  Lemma expression_eqb_eq k f : forall g, expression_eqb f g = true -> value_of k f = value_of k g.
  Proof.
    induction f as [n|v|v f IHf f' IHf'|f IHf f' IHf'|f IHf f' IHf'|a f IHf]; intros [m|w|w g g'|g g'|g g'|b g]; cbn; try discriminate;
      rewrite ?andb_true_iff.
    - intros E%PeanoNat.Nat.eqb_eq. now subst.
    - apply weight_eqb_eq.
    - intros [[V E] F]. now rewrite (weight_eqb_eq k _ _ V), (IHf _ E), (IHf' _ F).
    - intros [E F]. now rewrite (IHf _ E), (IHf' _ F).
    - intros [E F]. now rewrite (IHf _ E), (IHf' _ F).
    - intros [A E]. rewrite (IHf _ E). destruct a, b; try discriminate; reflexivity.
  Qed.

  Lemma is_nothing_value k f : is_nothing f = true -> value_of k f = 0.
  Proof. destruct f; try discriminate. cbn. apply scaled_null. Qed.

  Lemma nothing_value k : value_of k nothing = 0.
  Proof. now apply is_nothing_value. Qed.

  Lemma insert_term_value k w f rest : value_of k (insert_term w f rest) = scaled net k w * value_of k f + value_of k rest.
  Proof.
    induction rest; cbn [insert_term value_of]; try reflexivity.
    destruct (expression_eqb f rest1) eqn:E; cbn [value_of]; [rewrite scaled_both, (expression_eqb_eq k _ _ E)|rewrite IHrest2]; ring.
  Qed.

  Lemma without_null_value k f : value_of k (without_null f) = value_of k f.
  Proof.
    induction f; cbn [without_null value_of]; try reflexivity.
    destruct (null_weight w) eqn:N; cbn [value_of]; rewrite IHf2; [rewrite (scaled_null net k w N)|]; ring.
  Qed.

  Definition expression_means (f : expression) (g : R -> R) : Prop := forall k, g k = value_of k f.

  Lemma by_sign_value a positive f k :
    (0 <= value_of k f -> value_of k (positive f) = function_value a (value_of k f)) ->
    (forall x, x < 0 -> function_value a x = 0) -> value_of k (by_sign sign a positive f) = function_value a (value_of k f).
  Proof.
    intros P N. destruct f as [n|[c b]|w f g|f g|f g|b f]; try reflexivity. cbn [by_sign].
    destruct (is_zero c) eqn:Z; [|reflexivity]. apply (is_zero_value (atom_values (atoms net) [])) in Z.
    assert (V : value_of k (Number (c, b)) = number net b) by (cbn; unfold scaled, number; cbn [fst snd]; rewrite Z; ring).
    destruct (sign b) as [[]|] eqn:S; [| | |reflexivity]; apply sign_means in S; cbn in S.
    - apply P. lra.
    - rewrite nothing_value, V. symmetry. now apply N.
    - apply P. lra.
  Qed.

  Lemma expressions_sound : sound net (expressions sign) expression_means.
  Proof.
    split; [intros f g h E H k; now rewrite <- E|].
    assert (tanh_0 : tanh 0 = 0) by (rewrite tanh_exp, Rmult_0_r, exp_0; field).
    split; cbn [expressions affine sum_of product_of sigmoid_of tanh_of relu_of heaviside_of pointwise]; intros x f.
    - intros ys H k. rewrite without_null_value. cbn. induction H as [|[w y] [v g] xs ys [E Y] H IH]; cbn in *.
      + apply (eq_sym (scaled_total net k x)).
      + rewrite insert_term_value, <- IH, E, (Y k). reflexivity.
    - intros y g H G k. destruct (is_nothing x) eqn:X; [rewrite (H k), (G k), (is_nothing_value k _ X); ring|].
      destruct (is_nothing y) eqn:Y; [rewrite (H k), (G k), (is_nothing_value k _ Y); ring|]. cbn. now rewrite (H k), (G k).
    - intros y g H G k. destruct (is_nothing x) eqn:X; [cbn [orb]; rewrite (H k), (is_nothing_value k _ X), nothing_value; ring|].
      destruct (is_nothing y) eqn:Y; [cbn [orb]; rewrite (G k), (is_nothing_value k _ Y), nothing_value; ring|]. cbn. now rewrite (H k), (G k).
    - intros H k. cbn. now rewrite (H k).
    - intros H k. destruct (is_nothing x) eqn:X; [rewrite (H k), (is_nothing_value k _ X), nothing_value; exact tanh_0|]. cbn. now rewrite (H k).
    - intros H k. rewrite (H k). symmetry. apply by_sign_value.
      + intros P. cbn. unfold relu, Rmax. destruct (Rle_dec (value_of k x) 0); lra.
      + intros y Y. cbn. unfold relu, Rmax. destruct (Rle_dec y 0); lra.
    - intros H k. rewrite (H k). symmetry. apply by_sign_value.
      + intros P. cbn [value_of function_value]. unfold scaled, number. cbn [fst snd value]. rewrite one_value.
        unfold heaviside. destruct (Rle_dec 0 (value_of k x)); lra.
      + intros y Y. cbn. unfold heaviside. destruct (Rle_dec 0 y); lra.
  Qed.
End Meaning.
