(** Networks with rates: bounds for every scale k >= k0 in each situation, and the error of a readout at every length. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import Reals Lra Lia List QArith Qreals ZArith Qminmax.
From Symlstm Require Import Definitions Constants Limits Piecewise Networks Soundness Rates.
Import ListNotations.
Local Open Scope R_scope.

Notation error := Definitions.error.

Record rated : Set := Rated { r_slope : constant; r_offset : constant; r_error : error }.

Record growth : Set := {
  g_slope : Q; g_offset : list Q; g_quadratic : error; g_linear : error; g_constant : list error }.

Record rates : Set := {
  r_situations : list (list (nat * (constant * error)));  (* coordinate, main, error *)
  r_equal : list (list nat);  (* for each coordinate the one that stands for those equal to it *)
  growths : list (Q * option growth) }.  (* for each term of the readout its size, and how its register grows *)

(** * Arithmetic *)

Section Arithmetic.
  Variables (table : list constant) (k0 : Q) (ctx : context) (rc : precise).

  Definition r_exactly (slope offset : constant) : rated := Rated slope offset [].
  Definition anything : rated := Rated [] [] [(0%nat, (0%Q, 1%Q))].

  Definition r_add (x y : rated) : rated :=
    Rated (plus (r_slope x) (r_slope y)) (plus (r_offset x) (r_offset y)) (merged (r_error x ++ r_error y)).

  Definition r_scale (q : Q) (x : rated) : rated :=  (* by q with |q| given as itself or its opposite *)
    Rated (scale q (r_slope x)) (scale q (r_offset x)) (scaled_error (if Qle_bool 0 q then q else - q) (r_error x)).

  Definition r_multiply_flat (x y : rated) : option rated :=
    if is_zero (r_slope y) then
      match above rc (r_offset y), above rc (r_slope x), above rc (r_offset x) with
      | Some n, Some m1, Some m0 =>
          let steep := if is_zero (r_slope x) then [] else rising (scaled_error m1 (r_error y)) in
          Some (Rated (times (r_slope x) (r_offset y)) (times (r_offset x) (r_offset y))
            (merged (scaled_error n (r_error x) ++ scaled_error m0 (r_error y) ++ steep
                     ++ times_error (r_error x) (r_error y))))
      | _, _, _ => None
      end
    else None.

  Definition r_multiply (x y : rated) : option rated :=
    if is_zero (r_slope y) then r_multiply_flat x y else r_multiply_flat y x.

  Definition is_wide (t : nat * (Q * Q)) : bool := Nat.eqb (fst t) 1 && Qeq_bool (fst (snd t)) 0.
  Definition wide_of (e : error) : Q := fold_right (fun t x => if is_wide t then snd (snd t) + x else x)%Q 0%Q e.
  Definition rest_of (e : error) : error := filter (fun t => negb (is_wide t)) e.
  Definition fading (e : error) : bool := forallb (fun t => negb (Qle_bool (fst (snd t)) 0)) e.

  Definition r_saturated (x : rated) (t : Q) : rated :=
    match at_most rc (scale (-1) (r_slope x)), at_most rc (scale (-1) (r_offset x)) with
    | Some a, Some b =>
        let rate := (- a - wide_of (r_error x))%Q in
        if Qle_bool rate 0 then anything
        else match exp_at_most rc (2 * (t + b)) with
             | Some e => Rated [] one [(0%nat, (Qred (2 * rate), Qred (2 * e)))%Q]
             | None => anything
             end
    | _, _ => anything
    end.

  Definition r_tanh (o : option rated) : rated :=
    match o with
    | None => anything
    | Some x =>
        match top k0 rc (rest_of (r_error x)) with
        | None => anything
        | Some t =>
            match sign ctx (r_slope x) with
            | Some Gt => r_saturated x t
            | Some Lt => r_scale (-1) (r_saturated (r_scale (-1) x) t)
            | Some Eq =>
                if Qeq_bool (wide_of (r_error x)) 0 && (fading (rest_of (r_error x)) || Qle_bool t 1) then
                  match find_tanh 0 table (r_offset x) with
                  | Some c => Rated [] c (rest_of (r_error x))
                  | None => anything
                  end
                else anything
            | None => anything
            end
        end
    end.

  Definition r_sigmoid (o : option rated) : rated :=
    r_add (r_exactly [] (rational (1 # 2))) (r_scale (1 # 2) (r_tanh (option_map (r_scale (1 # 2)) o))).

  (** Not above it for any k >= k0, if it does not fall. *)
  Definition r_least (x : rated) : option Q :=
    match top k0 rc (rest_of (r_error x)), at_most rc (scale (-1) (r_slope x)), at_most rc (scale (-1) (r_offset x)) with
    | Some t, Some a, Some b =>
        let rate := (- a - wide_of (r_error x))%Q in if Qle_bool 0 rate then Some (rate * k0 - b - t)%Q else None
    | _, _, _ => None
    end.

  Definition r_never_below_0 (x : rated) : bool := match r_least x with Some q => Qle_bool 0 q | None => false end.
  Definition r_always_below_0 (x : rated) : bool :=
    match r_least (r_scale (-1) x) with Some q => negb (Qle_bool q 0) | None => false end.

  Definition r_relu (x : rated) : option rated :=
    if r_never_below_0 x then Some x
    else if r_never_below_0 (r_scale (-1) x) then Some (r_exactly [] [])
    else if is_zero (r_slope x) then
      match sign ctx (r_offset x) with
      | Some Gt | Some Eq => Some x
      | Some Lt => Some (Rated [] [] (r_error x))
      | None => None
      end
    else None.

  Definition r_heaviside (o : option rated) : rated :=
    match o with
    | None => anything
    | Some x => if r_never_below_0 x then r_exactly [] one else if r_always_below_0 x then r_exactly [] [] else anything
    end.

  (** * What this means *)

  Hypothesis atoms : table_ok (context_of table) 0 table = true.
  Hypothesis ctx_is : ctx = context_of table.
  Let A := atom_values table [].
  Notation val := (value A).
  Notation ev := error_value.
  Hypothesis rc_ok : enclosed (known_atoms rc) A.
  Hypothesis large : 1 <= Q2R k0.
  Let nonzero : forall n, nth n A 1 <> 0 := atoms_nonzero table atoms.

  Definition r_holds (x : rated) (f : R -> R) : Prop :=
    forall k, Q2R k0 <= k -> Rabs (f k - (val (r_slope x) * k + val (r_offset x))) <= ev (r_error x) k.

  Definition r_holds_if_known (o : option rated) (f : R -> R) : Prop :=
    match o with Some x => r_holds x f | None => True end.

  Lemma r_ext x f g : (forall k, Q2R k0 <= k -> f k = g k) -> r_holds x f -> r_holds x g.
  Proof. intros E H k K. rewrite <- (E k K). now apply H. Qed.

  Lemma r_exactly_holds a b f : (forall k, f k = val a * k + val b) -> r_holds (r_exactly a b) f.
  Proof. intros E k K. cbn. rewrite E. replace (_ - _) with 0 by ring. rewrite Rabs_R0. lra. Qed.

  Lemma anything_holds f : (forall k, -1 <= f k <= 1) -> r_holds anything f.
  Proof.
    intros E k K. cbn. rewrite RMicromega.Q2R_0, RMicromega.Q2R_1. specialize (E k).
    replace (- (0 * k)) with 0 by ring. rewrite exp_0. apply Rabs_le. lra.
  Qed.

  Lemma r_add_holds x y f g : r_holds x f -> r_holds y g -> r_holds (r_add x y) (fun k => f k + g k).
  Proof.
    intros H G k K. cbn [r_add r_slope r_offset r_error]. rewrite !plus_value, merged_value, ev_app.
    specialize (H k K). specialize (G k K).
    replace (_ - _) with ((f k - (val (r_slope x) * k + val (r_offset x))) + (g k - (val (r_slope y) * k + val (r_offset y)))) by ring.
    apply (Rle_trans _ _ _ (Rabs_triang _ _)). lra.
  Qed.

  Lemma Q2R_abs q : Q2R (if Qle_bool 0 q then q else - q) = Rabs (Q2R q).
  Proof.
    destruct (Qle_bool 0 q) eqn:E.
    - apply Qle_bool_iff, Qle_Rle in E. rewrite RMicromega.Q2R_0 in E. now rewrite Rabs_pos_eq.
    - assert (Q2R q < 0).
      { rewrite <- RMicromega.Q2R_0. apply Qlt_Rlt. apply Qnot_le_lt. intros L. apply Qle_bool_iff in L. congruence. }
      rewrite Q2R_opp, Rabs_left by lra. reflexivity.
  Qed.

  Lemma r_scale_holds q x f : r_holds x f -> r_holds (r_scale q x) (fun k => Q2R q * f k).
  Proof.
    intros H k K. cbn [r_scale r_slope r_offset r_error]. rewrite !scale_value, scaled_error_value, Q2R_abs by exact nonzero.
    specialize (H k K).
    replace (_ - _) with (Q2R q * (f k - (val (r_slope x) * k + val (r_offset x)))) by ring.
    rewrite Rabs_mult. apply Rmult_le_compat_l; [apply Rabs_pos|exact H].
  Qed.

  Lemma r_multiply_flat_holds x y z f g :
    r_multiply_flat x y = Some z -> r_holds x f -> r_holds y g -> r_holds z (fun k => f k * g k).
  Proof.
    unfold r_multiply_flat. destruct (is_zero (r_slope y)) eqn:F; [|discriminate]. apply (is_zero_value A) in F.
    destruct (above rc (r_offset y)) as [n|] eqn:N; [|discriminate].
    destruct (above rc (r_slope x)) as [m1|] eqn:M1; [|discriminate].
    destruct (above rc (r_offset x)) as [m0|] eqn:M0; [|discriminate].
    apply (above_ok table rc rc_ok) in N, M1, M0. fold A in N, M1, M0.
    cbv zeta. intros [= <-] H G k K. specialize (H k K). specialize (G k K). rewrite F in G.
    cbn [r_slope r_offset r_error]. rewrite merged_value, !ev_app, !scaled_error_value, times_error_value, !times_value by exact nonzero.
    set (s := val (r_slope x)) in *. set (o := val (r_offset x)) in *. set (p := val (r_offset y)) in *.
    set (e := ev (r_error x) k) in *. set (e' := ev (r_error y) k) in *.
    set (a := f k - (s * k + o)) in *. set (b := g k - (0 * k + p)) in *.
    assert (Ee : 0 <= e) by (pose proof (Rabs_pos a); lra). assert (Ee' : 0 <= e') by (pose proof (Rabs_pos b); lra).
    assert (T : Rabs s * k * e' <= ev (if is_zero (r_slope x) then [] else rising (scaled_error m1 (r_error y))) k).
    { destruct (is_zero (r_slope x)) eqn:Z.
      - apply (is_zero_value A) in Z. unfold s. rewrite Z, Rabs_R0. cbn. lra.
      - rewrite rising_value, scaled_error_value. fold e'. rewrite (Rmult_comm (Rabs s) k), Rmult_assoc.
        apply Rmult_le_compat_l; [lra|]. now apply Rmult_le_compat_r. }
    replace (f k * g k - (s * p * k + o * p)) with (a * p + ((s * k + o) * b + a * b)) by (unfold a, b; ring).
    apply (Rle_trans _ (Rabs a * Rabs p + ((Rabs s * k + Rabs o) * Rabs b + Rabs a * Rabs b))).
    { apply (Rle_trans _ _ _ (Rabs_triang _ _)). rewrite Rabs_mult. apply Rplus_le_compat_l.
      apply (Rle_trans _ _ _ (Rabs_triang _ _)). rewrite !Rabs_mult. apply Rplus_le_compat_r.
      apply Rmult_le_compat_r; [apply Rabs_pos|]. apply (Rle_trans _ _ _ (Rabs_triang _ _)).
      rewrite Rabs_mult, (Rabs_pos_eq k) by lra. lra. }
    pose proof (Rabs_pos a). pose proof (Rabs_pos b). pose proof (Rabs_pos p). pose proof (Rabs_pos s). pose proof (Rabs_pos o).
    assert (P1 : Rabs a * Rabs p <= Q2R n * e) by (rewrite (Rmult_comm (Q2R n)); now apply Rmult_le_compat).
    assert (P2 : Rabs o * Rabs b <= Q2R m0 * e') by now apply Rmult_le_compat.
    assert (P3 : Rabs s * k * Rabs b <= Rabs s * k * e') by (apply Rmult_le_compat_l; [apply Rmult_le_pos; lra|exact G]).
    assert (P4 : Rabs a * Rabs b <= e * e') by now apply Rmult_le_compat.
    set (W := ev (if is_zero (r_slope x) then [] else rising (scaled_error m1 (r_error y))) k) in *.
    replace (Rabs a * Rabs p + ((Rabs s * k + Rabs o) * Rabs b + Rabs a * Rabs b))
      with (Rabs a * Rabs p + (Rabs o * Rabs b + (Rabs s * k * Rabs b + Rabs a * Rabs b))) by ring.
    apply Rplus_le_compat; [exact P1|]. apply Rplus_le_compat; [exact P2|].
    apply Rplus_le_compat; [exact (Rle_trans _ _ _ P3 T)|exact P4].
  Qed.

  Lemma r_multiply_holds x y z f g :
    r_multiply x y = Some z -> r_holds x f -> r_holds y g -> r_holds z (fun k => f k * g k).
  Proof.
    unfold r_multiply. destruct (is_zero (r_slope y)); intros E H G; [now apply (r_multiply_flat_holds x y)|].
    apply (r_ext _ (fun k => g k * f k)); [intros; ring|]. now apply (r_multiply_flat_holds y x).
  Qed.

  Lemma split_wide e k : ev e k = Q2R (wide_of e) * k + ev (rest_of e) k.
  Proof.
    induction e as [|[p [l a]] e IH]; cbn [wide_of fold_right rest_of filter error_value fst snd].
    - rewrite RMicromega.Q2R_0. ring.
    - unfold rest_of, wide_of in IH. destruct (is_wide (p, (l, a))) eqn:W; cbn [negb].
      + unfold is_wide in W. cbn [fst snd] in W. apply Bool.andb_true_iff in W. destruct W as [P L].
        apply Nat.eqb_eq in P. apply Q2R_zero in L. subst p. rewrite Q2R_plus, IH, L.
        replace (- (0 * k)) with 0 by ring. rewrite exp_0. cbn [pow]. ring.
      + cbn [error_value]. rewrite IH. ring.
  Qed.

  Lemma r_saturated_holds x t f : r_holds x f -> (forall k, Q2R k0 <= k -> ev (rest_of (r_error x)) k <= Q2R t) ->
    r_holds (r_saturated x t) (fun k => tanh (f k)).
  Proof.
    intros H T. assert (any : r_holds anything (fun k => tanh (f k))).
    { apply anything_holds. intros k. pose proof (tanh_range (f k)). lra. }
    unfold r_saturated. destruct (at_most rc (scale (-1) (r_slope x))) as [a|] eqn:EA; [|exact any].
    destruct (at_most rc (scale (-1) (r_offset x))) as [b|] eqn:EB; [|exact any]. cbv zeta.
    destruct (Qle_bool (- a - wide_of (r_error x)) 0) eqn:E; [exact any|].
    destruct (exp_at_most rc (2 * (t + b))) as [g|] eqn:EG; [|exact any].
    apply (at_most_ok table rc rc_ok) in EA, EB. fold A in EA, EB. rewrite scale_value in EA, EB.
    replace (Q2R (-1)) with (-1) in EA, EB by (unfold Q2R; simpl; lra).
    apply exp_at_most_ok in EG. intros k K. specialize (H k K). specialize (T k K).
    cbn [r_slope r_offset r_error error_value value pow]. rewrite one_value, !Q2R_Qred, !Q2R_mult, Q2R_minus, Q2R_opp.
    rewrite Q2R_mult, Q2R_plus in EG. replace (Q2R 2) with 2 in * by (unfold Q2R; simpl; lra).
    rewrite split_wide in H. apply Rabs_le_between in H.
    set (w := Q2R (wide_of (r_error x))) in *.
    assert (L : (- Q2R a - w) * k - Q2R b - Q2R t <= f k).
    { assert (- Q2R a * k <= val (r_slope x) * k) by (apply Rmult_le_compat_r; lra). lra. }
    pose proof (tanh_near_1 (f k)) as N. rewrite Rabs_left1 by lra.
    assert (X : exp (- (2 * f k)) <= exp (2 * (Q2R t + Q2R b)) * exp (- (2 * (- Q2R a - w) * k))).
    { rewrite <- exp_plus. destruct (Req_dec (- (2 * f k)) (2 * (Q2R t + Q2R b) + - (2 * (- Q2R a - w) * k))) as [->|D]; [lra|].
      left. apply exp_increasing. lra. }
    pose proof (exp_pos (- (2 * (- Q2R a - w) * k))).
    assert (Y : exp (2 * (Q2R t + Q2R b)) * exp (- (2 * (- Q2R a - w) * k)) <= Q2R g * exp (- (2 * (- Q2R a - w) * k)))
      by (apply Rmult_le_compat_r; lra).
    lra.
  Qed.

  Lemma r_tanh_holds o f : r_holds_if_known o f -> r_holds (r_tanh o) (fun k => tanh (f k)).
  Proof.
    assert (any : r_holds anything (fun k => tanh (f k))).
    { apply anything_holds. intros k. pose proof (tanh_range (f k)). lra. }
    destruct o as [x|]; [|intros; exact any]. cbn [r_holds_if_known r_tanh]. intros H.
    destruct (top k0 rc (rest_of (r_error x))) as [t|] eqn:T; [|exact any].
    assert (T' : forall k, Q2R k0 <= k -> ev (rest_of (r_error x)) k <= Q2R t) by (intros k; now apply (top_ok k0 rc large)).
    destruct (sign ctx (r_slope x)) as [[]|] eqn:S; try exact any.
    - destruct (_ && _)%bool eqn:W; [|exact any]. apply Bool.andb_true_iff in W. destruct W as [W _]. apply Q2R_zero in W.
      destruct (find_tanh 0 table (r_offset x)) as [c|] eqn:C; [|exact any].
      apply (find_tanh_ok table _ _ atoms) in C. rewrite ctx_is in S. apply (sign_ok table) in S. cbn in S. fold A in S, C.
      intros k K. specialize (H k K). cbn [r_slope r_offset r_error value]. rewrite S in H. rewrite split_wide, W in H. rewrite C.
      apply (Rle_trans _ (Rabs (f k - val (r_offset x)))).
      + replace (0 * k + tanh (val (r_offset x))) with (tanh (val (r_offset x))) by ring. apply tanh_lipschitz.
      + replace (f k - val (r_offset x)) with (f k - (0 * k + val (r_offset x))) by ring. lra.
    - apply (r_ext _ (fun k => Q2R (-1) * tanh (Q2R (-1) * f k))).
      + intros k _. replace (Q2R (-1)) with (-1) by (unfold Q2R; simpl; lra).
        replace (-1 * f k) with (- f k) by ring. rewrite tanh_opp. ring.
      + apply r_scale_holds, r_saturated_holds; [now apply r_scale_holds|]. intros k K. cbn [r_scale r_error].
        assert (E : forall e, ev (rest_of (scaled_error (if Qle_bool 0 (-1) then -1 else - -1)%Q e)) k = ev (rest_of e) k).
        { intros e. assert (X := split_wide (scaled_error 1 e) k). assert (Y := split_wide e k).
          rewrite scaled_error_value, RMicromega.Q2R_1, Rmult_1_l in X. change (if Qle_bool 0 (-1) then -1 else - -1)%Q with 1%Q.
          assert (Wd : Q2R (wide_of (scaled_error 1 e)) = Q2R (wide_of e)).
          { clear X Y. induction e as [|[p [l a]] e IH]; [reflexivity|].
            change (wide_of (scaled_error 1 ((p, (l, a)) :: e))) with
              (if is_wide (p, (l, a)) then (Qred (1 * a) + wide_of (scaled_error 1 e))%Q else wide_of (scaled_error 1 e)).
            change (wide_of ((p, (l, a)) :: e)) with (if is_wide (p, (l, a)) then (a + wide_of e)%Q else wide_of e).
            destruct (is_wide (p, (l, a))); [|exact IH].
            rewrite !Q2R_plus, Q2R_Qred, Q2R_mult, RMicromega.Q2R_1, IH. ring. }
          rewrite Wd in X. lra. }
        rewrite E. now apply T'.
    - now apply r_saturated_holds.
  Qed.

  Lemma r_sigmoid_holds o f : r_holds_if_known o f -> r_holds (r_sigmoid o) (fun k => sigmoid (f k)).
  Proof.
    intros H. unfold r_sigmoid. assert (Hf : Q2R (1 # 2) = 1 / 2) by (unfold Q2R; simpl; lra).
    apply (r_ext _ (fun k => 1 / 2 + Q2R (1 # 2) * tanh (Q2R (1 # 2) * f k))).
    - intros k _. rewrite sigmoid_tanh, Hf. replace (1 / 2 * f k) with (f k / 2) by field. field.
    - apply r_add_holds.
      + apply r_exactly_holds. intros k. rewrite rational_value, Hf. cbn [value]. ring.
      + apply r_scale_holds, r_tanh_holds. destruct o as [x|]; [|exact I]. cbn [option_map r_holds_if_known] in *. now apply r_scale_holds.
  Qed.

  Lemma r_least_ok x f q : r_holds x f -> r_least x = Some q -> forall k, Q2R k0 <= k -> Q2R q <= f k.
  Proof.
    unfold r_least. intros H. destruct (top k0 rc (rest_of (r_error x))) as [t|] eqn:T; [|discriminate].
    destruct (at_most rc (scale (-1) (r_slope x))) as [a|] eqn:EA; [|discriminate].
    destruct (at_most rc (scale (-1) (r_offset x))) as [b|] eqn:EB; [|discriminate]. cbv zeta.
    destruct (Qle_bool 0 _) eqn:E; [|discriminate]. intros [= <-] k K. apply Qle_bool_iff, Qle_Rle in E.
    rewrite RMicromega.Q2R_0, Q2R_minus, Q2R_opp in E. apply (at_most_ok table rc rc_ok) in EA, EB. fold A in EA, EB.
    rewrite scale_value in EA, EB. replace (Q2R (-1)) with (-1) in EA, EB by (unfold Q2R; simpl; lra).
    apply (top_ok k0 rc large _ _ k) in T; [|exact K]. specialize (H k K). rewrite split_wide in H. apply Rabs_le_between in H.
    rewrite !Q2R_minus, Q2R_mult, Q2R_minus, Q2R_opp. set (w := Q2R (wide_of (r_error x))) in *.
    assert (- Q2R a * k <= val (r_slope x) * k) by (apply Rmult_le_compat_r; lra).
    assert ((- Q2R a - w) * Q2R k0 <= (- Q2R a - w) * k) by (apply Rmult_le_compat_l; lra). lra.
  Qed.

  Lemma r_opposite_holds x f : r_holds x f -> r_holds (r_scale (-1) x) (fun k => - f k).
  Proof.
    intros H. apply (r_ext _ (fun k => Q2R (-1) * f k)); [|now apply r_scale_holds].
    intros k _. unfold Q2R. simpl. lra.
  Qed.

  Lemma r_never_below_0_ok x f : r_holds x f -> r_never_below_0 x = true -> forall k, Q2R k0 <= k -> 0 <= f k.
  Proof.
    unfold r_never_below_0. intros H N k K. destruct (r_least x) as [q|] eqn:L; [|discriminate].
    apply Qle_bool_iff, Qle_Rle in N. rewrite RMicromega.Q2R_0 in N. pose proof (r_least_ok x f q H L k K). lra.
  Qed.

  Lemma r_always_below_0_ok x f : r_holds x f -> r_always_below_0 x = true -> forall k, Q2R k0 <= k -> f k < 0.
  Proof.
    unfold r_always_below_0. intros H N k K. destruct (r_least _) as [q|] eqn:L; [|discriminate].
    pose proof (r_least_ok _ _ q (r_opposite_holds x f H) L k K) as P. cbn beta in P.
    apply Bool.negb_true_iff in N. assert (0 < Q2R q); [|lra]. rewrite <- RMicromega.Q2R_0. apply Qlt_Rlt, Qnot_le_lt.
    intros Q. apply Qle_bool_iff in Q. congruence.
  Qed.

  Lemma r_relu_holds x f : r_holds x f -> r_holds_if_known (r_relu x) (fun k => relu (f k)).
  Proof.
    intros H. unfold r_relu. destruct (r_never_below_0 x) eqn:P.
    { apply (r_ext x f); [|exact H]. intros k K. pose proof (r_never_below_0_ok x f H P k K). unfold relu, Rmax. destruct (Rle_dec (f k) 0); lra. }
    destruct (r_never_below_0 (r_scale (-1) x)) eqn:N.
    { apply (r_ext _ (fun _ => 0)); [|apply r_exactly_holds; intros; cbn; ring]. intros k K.
      pose proof (r_never_below_0_ok _ _ (r_opposite_holds x f H) N k K) as M. cbn beta in M. unfold relu, Rmax. destruct (Rle_dec (f k) 0); lra. }
    destruct (is_zero (r_slope x)) eqn:Z; [|exact I]. apply (is_zero_value A) in Z.
    assert (L : forall k, Q2R k0 <= k -> Rabs (relu (f k) - relu (val (r_offset x))) <= ev (r_error x) k).
    { intros k K. specialize (H k K). rewrite Z in H. apply (Rle_trans _ _ _ (relu_lipschitz _ _)).
      replace (f k - val (r_offset x)) with (f k - (0 * k + val (r_offset x))) by ring. exact H. }
    rewrite ctx_is. destruct (sign (context_of table) (r_offset x)) as [s|] eqn:S; [|exact I]. apply (sign_ok table) in S. fold A in S.
    destruct s; cbn in S; intros k K; specialize (L k K); cbn [r_slope r_offset r_error value]; rewrite ?Z.
    - rewrite S in *. replace (relu 0) with 0 in L by (unfold relu, Rmax; destruct (Rle_dec 0 0); lra).
      replace (relu (f k) - (0 * k + 0)) with (relu (f k) - 0) by ring. exact L.
    - replace (relu (val (r_offset x))) with 0 in L by (unfold relu, Rmax; destruct (Rle_dec _ 0); lra).
      replace (relu (f k) - (0 * k + 0)) with (relu (f k) - 0) by ring. exact L.
    - replace (relu (val (r_offset x))) with (val (r_offset x)) in L by (unfold relu, Rmax; destruct (Rle_dec _ 0); lra).
      replace (relu (f k) - (0 * k + val (r_offset x))) with (relu (f k) - val (r_offset x)) by ring. exact L.
  Qed.

  Lemma r_heaviside_holds o f : r_holds_if_known o f -> r_holds (r_heaviside o) (fun k => heaviside (f k)).
  Proof.
    assert (any : r_holds anything (fun k => heaviside (f k))).
    { apply anything_holds. intros k. unfold heaviside. destruct (Rle_dec 0 (f k)); lra. }
    destruct o as [x|]; [|intros; exact any]. cbn [r_holds_if_known r_heaviside]. intros H.
    destruct (r_never_below_0 x) eqn:P; [|destruct (r_always_below_0 x) eqn:N; [|exact any]].
    - apply (r_ext _ (fun _ => 1)); [|apply r_exactly_holds; intros; rewrite one_value; cbn [value]; ring]. intros k K.
      pose proof (r_never_below_0_ok x f H P k K). unfold heaviside. destruct (Rle_dec 0 (f k)); lra.
    - apply (r_ext _ (fun _ => 0)); [|apply r_exactly_holds; intros; cbn [value]; ring]. intros k K.
      pose proof (r_always_below_0_ok x f H N k K). unfold heaviside. destruct (Rle_dec 0 (f k)); lra.
  Qed.
End Arithmetic.
