(** Errors with all constants, for every scale k >= k0 and every length: the checker, and why what it accepts is true. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import Reals Lra Lia List QArith Qreals ZArith Qminmax.
From Interval Require Import Float.Specific_ops Float.Sig Interval.Interval Real.Xreal.
From Symlstm Require Import Definitions Constants Limits Networks Soundness.
Import ListNotations.
Local Open Scope R_scope.

Notation error := Definitions.error.

(** * Rational upper bounds: guessed from an interval's end, then compared with the interval *)

Record precise : Type := { digits : positive; known_atoms : list I.type }.

Definition precise_of (p : positive) (table : list constant) : precise :=
  {| digits := p; known_atoms := atom_intervals (F.PtoP p) table [] |}.

Definition dyadic (m e : Z) : Q :=
  match e with Zneg p => Qmake m (Pos.pow 2 p) | _ => inject_Z (m * Z.pow 2 e) end.

Definition upper_of (p : positive) (xi : I.type) : option Q :=
  match xi with
  | Float.Ibnd _ (Specific_ops.Float m e) =>
      let q := dyadic (m + Z.abs m / Z.pow 2 (Z.pos p - 4) + 1) e in
      match I.sign_strict (I.sub (F.PtoP p) (interval_of (F.PtoP p) q) xi) with Xgt => Some q | _ => None end
  | _ => None
  end.

Lemma upper_of_ok p xi q r : upper_of p xi = Some q -> encloses xi r -> r <= Q2R q.
Proof.
  unfold upper_of. destruct xi as [|l [|m e]]; try discriminate. cbv zeta. set (g := dyadic _ e).
  intros H C. pose proof (I.sub_correct (F.PtoP p) _ _ _ _ (interval_of_contains (F.PtoP p) g) C) as D.
  pose proof (I.sign_strict_correct (I.sub (F.PtoP p) (interval_of (F.PtoP p) g) (Float.Ibnd l (Specific_ops.Float m e)))) as S.
  destruct (I.sign_strict _) in H, S; try discriminate. injection H as <-. specialize (S _ D). cbn in S. lra.
Qed.

Section Precise.
  Variables (table : list constant) (k0 : Q) (rc : precise).
  Let A := atom_values table [].
  Notation val := (value A).
  Hypothesis rc_ok : enclosed (known_atoms rc) A.
  Hypothesis large : 1 <= Q2R k0.
  Let prec := F.PtoP (digits rc).

  Definition at_most (c : constant) : option Q :=
    match c with
    | [] => Some 0%Q
    | [(q, [])] => Some q
    | _ => upper_of (digits rc) (interval prec (known_atoms rc) c)
    end.

  Lemma at_most_ok c q : at_most c = Some q -> val c <= Q2R q.
  Proof.
    unfold at_most. intros H.
    assert (U : upper_of (digits rc) (interval prec (known_atoms rc) c) = Some q -> val c <= Q2R q).
    { intros G. refine (upper_of_ok _ _ _ _ G _). now apply interval_contains. }
    destruct c as [|[x [|y p]] [|z c]]; try exact (U H); injection H as <-; cbn [value product_value];
      rewrite ?RMicromega.Q2R_0; lra.
  Qed.

  Definition above (c : constant) : option Q :=
    match at_most c, at_most (scale (-1) c) with Some x, Some y => Some (Qmax x y) | _, _ => None end.

  Lemma Q2R_max x y : Q2R (Qmax x y) = Rmax (Q2R x) (Q2R y).
  Proof.
    destruct (Q.max_spec x y) as [[L E]|[L E]]; rewrite (Qeq_eqR _ _ E).
    - rewrite Rmax_right; [reflexivity|]. apply Qle_Rle. now apply Qlt_le_weak.
    - rewrite Rmax_left; [reflexivity|]. now apply Qle_Rle.
  Qed.

  Lemma above_ok c q : above c = Some q -> Rabs (val c) <= Q2R q.
  Proof.
    unfold above. destruct (at_most c) as [x|] eqn:X; [|discriminate]. destruct (at_most (scale (-1) c)) as [y|] eqn:Y; [|discriminate].
    intros [= <-]. apply at_most_ok in X, Y. rewrite scale_value in Y.
    replace (Q2R (-1)) with (-1) in Y by (unfold Q2R; simpl; lra). rewrite Q2R_max.
    pose proof (Rmax_l (Q2R x) (Q2R y)). pose proof (Rmax_r (Q2R x) (Q2R y)). apply Rabs_le. lra.
  Qed.

  Definition exp_at_most (q : Q) : option Q :=
    if Qeq_bool q 0 then Some 1%Q else upper_of (digits rc) (I.exp prec (interval_of prec q)).

  Lemma exp_at_most_ok q x : exp_at_most q = Some x -> exp (Q2R q) <= Q2R x.
  Proof.
    unfold exp_at_most. destruct (Qeq_bool q 0) eqn:E.
    - intros [= <-]. rewrite (Q2R_zero q E), exp_0, RMicromega.Q2R_1. lra.
    - intros H. refine (upper_of_ok _ _ _ _ H _). exact (I.exp_correct prec _ (Xreal _) (interval_of_contains prec q)).
  Qed.

  Fixpoint power (q : Q) (p : nat) : Q := match p with O => 1 | S p => q * power q p end.

  (** sup over k >= k0 of k^p e^(-l k), where the function falls from k0 on *)
  Definition peak (p : nat) (l : Q) : option Q :=
    if Qle_bool (inject_Z (Z.of_nat p)) (l * k0) && Qle_bool 0 l
    then option_map (fun x => x * power k0 p)%Q (exp_at_most (- (l * k0)))
    else None.

  Lemma Q2R_inject n : Q2R (inject_Z n) = IZR n.
  Proof. unfold Q2R, inject_Z. simpl. field. Qed.

  Lemma Q2R_power q p : Q2R (power q p) = Q2R q ^ p.
  Proof. induction p as [|p IH]; cbn [power pow]; [apply RMicromega.Q2R_1|]. now rewrite Q2R_mult, IH. Qed.

  Lemma peak_ok p l x k : peak p l = Some x -> Q2R k0 <= k -> k ^ p * exp (- (Q2R l * k)) <= Q2R x.
  Proof.
    unfold peak. destruct (Qle_bool _ _ && Qle_bool 0 l)%bool eqn:E; [|discriminate].
    apply Bool.andb_true_iff in E. destruct E as [E L]. apply Qle_bool_iff, Qle_Rle in E, L.
    rewrite Q2R_mult, Q2R_inject in E. rewrite RMicromega.Q2R_0 in L. rewrite <- INR_IZR_INZ in E.
    destruct (exp_at_most _) as [y|] eqn:Y; [|discriminate]. cbn [option_map]. intros [= <-] K.
    apply exp_at_most_ok in Y. rewrite Q2R_opp, Q2R_mult in Y. rewrite Q2R_mult, Q2R_power.
    set (z := Q2R k0) in *. set (m := Q2R l) in *.
    assert (P : (k / z) ^ p <= exp (m * (k - z))).
    { apply (Rle_trans _ (exp (k / z - 1) ^ p)).
      - apply pow_incr. split; [apply Rlt_le, Rdiv_lt_0_compat; lra|]. pose proof (exp_ineq1_le (k / z - 1)). lra.
      - rewrite <- (Rpower_pow p) by apply exp_pos. unfold Rpower. rewrite ln_exp.
        assert (INR p * (k / z - 1) <= m * (k - z)).
        { apply (Rle_trans _ (m * z * (k / z - 1))).
          - apply Rmult_le_compat_r; [|exact E]. apply Rge_le, Rge_minus, Rle_ge.
            apply (Rmult_le_reg_r z); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra.
          - apply Req_le. field. lra. }
        destruct (Req_dec (INR p * (k / z - 1)) (m * (k - z))) as [->|]; [lra|]. left. apply exp_increasing. lra. }
    replace (k ^ p) with ((k / z) ^ p * z ^ p) by (rewrite <- Rpow_mult_distr; f_equal; field; lra).
    assert (Z : 0 < z ^ p) by (apply pow_lt; lra).
    apply (Rle_trans _ (exp (m * (k - z)) * z ^ p * exp (- (m * k)))).
    - apply Rmult_le_compat_r; [left; apply exp_pos|]. apply Rmult_le_compat_r; lra.
    - replace (exp (m * (k - z)) * z ^ p * exp (- (m * k))) with (exp (m * (k - z)) * exp (- (m * k)) * z ^ p) by ring.
      rewrite <- exp_plus. replace (m * (k - z) + - (m * k)) with (- (m * z)) by ring. apply Rmult_le_compat_r; lra.
  Qed.

  (** * Errors *)

  Notation ev := error_value.

  Lemma ev_app e f k : ev (e ++ f) k = ev e k + ev f k.
  Proof. induction e as [|[p [l a]] e IH]; cbn [app error_value]; [ring|]. rewrite IH. ring. Qed.

  Definition scaled_error (q : Q) (e : error) : error := map (fun t => (fst t, (fst (snd t), Qred (q * snd (snd t)))))%Q e.

  Lemma scaled_error_value q e k : ev (scaled_error q e) k = Q2R q * ev e k.
  Proof.
    induction e as [|[p [l a]] e IH]; cbn [scaled_error map error_value fst snd]; [ring|]. unfold scaled_error in IH.
    rewrite IH, Q2R_Qred, Q2R_mult. ring.
  Qed.

  Definition rising (e : error) : error := map (fun t => (S (fst t), snd t)) e.

  Lemma rising_value e k : ev (rising e) k = k * ev e k.
  Proof. induction e as [|[p [l a]] e IH]; cbn [rising map error_value fst snd pow]; [ring|]. unfold rising in IH. rewrite IH. ring. Qed.

  Definition times_error (e f : error) : error :=
    flat_map (fun t => map (fun u => ((fst t + fst u)%nat,
      (Qred (fst (snd t) + fst (snd u)), Qred (snd (snd t) * snd (snd u)))))%Q f) e.

  Lemma times_error_value e f k : ev (times_error e f) k = ev e k * ev f k.
  Proof.
    induction e as [|[p [l a]] e IH]; cbn [times_error flat_map error_value]; [ring|]. unfold times_error in IH.
    rewrite ev_app, IH, Rmult_plus_distr_r. f_equal. clear IH. cbn [fst snd].
    induction f as [|[q [m b]] f IH]; cbn [map error_value fst snd]; [ring|]. rewrite IH, !Q2R_Qred, Q2R_mult, Q2R_plus, pow_add.
    replace (- ((Q2R l + Q2R m) * k)) with (- (Q2R l * k) + - (Q2R m * k)) by ring. rewrite exp_plus. ring.
  Qed.

  Definition same_exponent (t u : nat * (Q * Q)) : bool := Nat.eqb (fst t) (fst u) && Qeq_bool (fst (snd t)) (fst (snd u)).

  Fixpoint insert_error (t : nat * (Q * Q)) (e : error) : error :=
    match e with
    | [] => [t]
    | u :: e => if same_exponent t u then (fst u, (fst (snd u), Qred (snd (snd t) + snd (snd u))%Q)) :: e else u :: insert_error t e
    end.

  Definition merged (e : error) : error := fold_right insert_error [] e.

  Lemma merged_value e k : ev (merged e) k = ev e k.
  Proof.
    assert (G : forall t f, ev (insert_error t f) k = ev (t :: f) k).
    { intros [p [l a]] f. induction f as [|[q [m b]] f IH]; cbn [insert_error]; [reflexivity|].
      destruct (same_exponent _ _) eqn:E.
      - unfold same_exponent in E. cbn [fst snd] in E. apply Bool.andb_true_iff in E. destruct E as [P L].
        apply Nat.eqb_eq in P. apply Qeq_bool_eq, Qeq_eqR in L. subst q. cbn [error_value fst snd].
        rewrite Q2R_Qred, Q2R_plus, L. ring.
      - cbn [error_value] in IH |- *. rewrite IH. ring. }
    unfold merged. induction e as [|t e IH]; cbn [fold_right]; [reflexivity|]. rewrite G. destruct t as [p [l a]].
    cbn [error_value]. now rewrite IH.
  Qed.

  Definition nonnegative (e : error) : bool := forallb (fun t => Qle_bool 0 (snd (snd t))) e.

  Lemma nonnegative_value e k : nonnegative e = true -> 0 <= k -> 0 <= ev e k.
  Proof.
    intros H K. induction e as [|[p [l a]] e IH]; cbn [nonnegative forallb error_value fst snd] in *; [lra|].
    apply Bool.andb_true_iff in H. destruct H as [H G]. apply Qle_bool_iff, Qle_Rle in H. rewrite RMicromega.Q2R_0 in H.
    specialize (IH G). pose proof (exp_pos (- (Q2R l * k))). pose proof (pow_le k p K).
    apply Rplus_le_le_0_compat; [|exact IH]. apply Rmult_le_pos; [now apply Rmult_le_pos|lra].
  Qed.

  (** The fastest of the exponents that is no faster than (p, l). *)
  Definition no_faster (p : nat) (l : Q) (u : nat * Q) : bool :=
    Qle_bool (snd u) l && (negb (Qeq_bool (snd u) l) || (p <=? fst u)%nat).

  Fixpoint best (p : nat) (l : Q) (us : list (nat * Q)) : option (nat * Q) :=
    match us with
    | [] => None
    | u :: us =>
        match best p l us with
        | None => if no_faster p l u then Some u else None
        | Some v => if no_faster p l u && (negb (Qle_bool (snd u) (snd v)) || (Qeq_bool (snd u) (snd v) && (fst u <? fst v)%nat))
                    then Some u else Some v
        end
    end.

  Definition factor (p : nat) (l : Q) (u : nat * Q) : option Q :=
    if Nat.eqb p (fst u) && Qeq_bool l (snd u) then Some 1%Q
    else if (p <=? fst u)%nat then (if Qle_bool (snd u) l then peak 0 (l - snd u) else None)
    else peak (p - fst u) (l - snd u).

  Definition weakened_term (us : list (nat * Q)) (t : nat * (Q * Q)) : option (nat * (Q * Q)) :=
    let '(p, (l, a)) := t in
    if Qle_bool 0 a then
      match best p l us with
      | None => None
      | Some u => option_map (fun x => (fst u, (snd u, Qred (a * x)%Q))) (factor p l u)
      end
    else None.

  Lemma factor_ok p l u x k : factor p l u = Some x -> Q2R k0 <= k ->
    k ^ p * exp (- (Q2R l * k)) <= Q2R x * (k ^ fst u * exp (- (Q2R (snd u) * k))).
  Proof.
    destruct u as [q m]. unfold factor. cbn [fst snd]. intros H K.
    assert (E0 : forall r, exp (- (Q2R (l - m) * k)) * exp (- (Q2R m * k)) * r = exp (- (Q2R l * k)) * r).
    { intros r. rewrite <- exp_plus. f_equal. f_equal. rewrite Q2R_minus. ring. }
    destruct (Nat.eqb p q && Qeq_bool l m)%bool eqn:E.
    - apply Bool.andb_true_iff in E. destruct E as [P L]. apply Nat.eqb_eq in P. apply Qeq_bool_eq, Qeq_eqR in L. subst q.
      injection H as <-. rewrite RMicromega.Q2R_1, L. lra.
    - destruct (Nat.leb_spec p q) as [P|P].
      + destruct (Qle_bool m l); [|discriminate]. apply (peak_ok _ _ _ k) in H; [|exact K]. cbn [pow] in H.
        rewrite Rmult_1_l in H. assert (O : k ^ p <= k ^ q) by (apply Rle_pow; [lra|exact P]).
        assert (Z : 0 <= k ^ p) by (apply pow_le; lra). pose proof (exp_pos (- (Q2R m * k))). pose proof (exp_pos (- (Q2R (l - m) * k))).
        rewrite Rmult_comm, <- E0. rewrite Rmult_assoc.
        apply Rmult_le_compat; try lra; [apply Rmult_le_pos; lra|]. rewrite Rmult_comm. apply Rmult_le_compat_r; lra.
      + apply (peak_ok _ _ _ k) in H; [|exact K]. pose proof (exp_pos (- (Q2R m * k))).
        assert (Z : 0 <= k ^ q) by (apply pow_le; lra).
        replace (k ^ p) with (k ^ (p - q) * k ^ q) by (rewrite <- pow_add; f_equal; lia).
        rewrite Rmult_comm, <- E0.
        replace (exp (- (Q2R (l - m) * k)) * exp (- (Q2R m * k)) * (k ^ (p - q) * k ^ q))
          with (k ^ (p - q) * exp (- (Q2R (l - m) * k)) * (k ^ q * exp (- (Q2R m * k)))) by ring.
        apply Rmult_le_compat_r; [apply Rmult_le_pos; lra|exact H].
  Qed.

  Fixpoint weakened (us : list (nat * Q)) (e : error) : option error :=
    match e with
    | [] => Some []
    | t :: e =>
        if Qeq_bool (snd (snd t)) 0 then weakened us e
        else match weakened_term us t, weakened us e with Some t, Some e => Some (t :: e) | _, _ => None end
    end.

  Lemma weakened_ok us e f k : weakened us e = Some f -> Q2R k0 <= k -> ev e k <= ev f k.
  Proof.
    intros H K. revert f H. induction e as [|[p [l a]] e IH]; intros f; cbn [weakened].
    - intros [= <-]. cbn. lra.
    - cbn [snd]. destruct (Qeq_bool a 0) eqn:Z.
      { intros G. specialize (IH f G). cbn [error_value]. rewrite (Q2R_zero a Z). lra. }
      destruct (weakened_term us (p, (l, a))) as [t|] eqn:T; [|discriminate].
      destruct (weakened us e) as [g|]; [|discriminate]. intros [= <-]. specialize (IH g eq_refl).
      unfold weakened_term in T. destruct (Qle_bool 0 a) eqn:P; [|discriminate]. apply Qle_bool_iff, Qle_Rle in P.
      rewrite RMicromega.Q2R_0 in P. destruct (best p l us) as [u|]; [|discriminate].
      destruct (factor p l u) as [x|] eqn:X; [|discriminate]. cbn [option_map] in T.
      assert (Et : t = (fst u, (snd u, Qred (a * x)%Q))) by congruence. rewrite Et. clear T Et. cbn [error_value].
      apply (factor_ok _ _ _ _ k) in X; [|exact K]. rewrite Q2R_Qred, Q2R_mult.
      apply Rplus_le_compat; [|exact IH]. rewrite !Rmult_assoc. apply Rmult_le_compat_l; lra.
  Qed.

  Definition exponents (e : error) : list (nat * Q) := map (fun t => (fst t, fst (snd t))) e.
  Definition minus_error (e f : error) : error := merged (e ++ scaled_error (-1) f).

  Lemma minus_error_value e f k : ev (minus_error e f) k = ev e k - ev f k.
  Proof. unfold minus_error. rewrite merged_value, ev_app, scaled_error_value. unfold Q2R; simpl. lra. Qed.

  Definition within (e f : error) : bool :=
    match weakened (exponents f) e with Some g => nonnegative (minus_error f g) | None => false end.

  Lemma within_ok e f k : within e f = true -> Q2R k0 <= k -> ev e k <= ev f k.
  Proof.
    unfold within. destruct (weakened _ e) as [g|] eqn:G; [|discriminate]. intros N K.
    apply (weakened_ok _ _ _ k) in G; [|exact K]. apply (nonnegative_value _ k) in N; [|lra].
    rewrite minus_error_value in N. lra.
  Qed.

  (** sup over k >= k0 of an error with amplitudes >= 0 *)
  Fixpoint top (e : error) : option Q :=
    match e with
    | [] => Some 0%Q
    | (p, (l, a)) :: e =>
        if Qle_bool 0 a then match peak p l, top e with Some x, Some y => Some (Qred (a * x + y))%Q | _, _ => None end else None
    end.

  Lemma top_ok e x k : top e = Some x -> Q2R k0 <= k -> ev e k <= Q2R x.
  Proof.
    intros H K. revert x H. induction e as [|[p [l a]] e IH]; intros x; cbn [top error_value].
    - intros [= <-]. rewrite RMicromega.Q2R_0. lra.
    - destruct (Qle_bool 0 a) eqn:P; [|discriminate]. apply Qle_bool_iff, Qle_Rle in P. rewrite RMicromega.Q2R_0 in P.
      destruct (peak p l) as [y|] eqn:Y; [|discriminate]. destruct (top e) as [z|]; [|discriminate]. intros X.
      assert (Ex : x = Qred (a * y + z)%Q) by congruence. rewrite Ex. clear X Ex.
      apply (peak_ok _ _ _ k) in Y; [|exact K]. specialize (IH z eq_refl). rewrite Q2R_Qred, Q2R_plus, Q2R_mult.
      apply Rplus_le_compat; [|exact IH]. rewrite Rmult_assoc. now apply Rmult_le_compat_l.
  Qed.
End Precise.
