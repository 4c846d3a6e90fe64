(** Constants: arithmetic by normal forms, signs by intervals. *)

From Coq Require Import Reals ZArith QArith Qreals List Lra Lia.
From Coquelicot Require Import Coquelicot.
From Interval Require Import Float.Specific_stdz Float.Specific_ops Float.Basic Float.Sig
  Interval.Interval Interval.Float_full Real.Xreal.
From Symlstm Require Import Definitions.
Import ListNotations.
Local Open Scope R_scope.

Module F := SpecificFloat StdZRadix2.
Module I := FloatIntervalFull F.

(** * Normal forms *)

Fixpoint product_eqb (p q : product) : bool :=
  match p, q with
  | [], [] => true
  | (n, y) :: p, (m, z) :: q => Nat.eqb n m && Z.eqb y z && product_eqb p q
  | _, _ => false
  end.

Lemma product_eqb_eq p : forall q, product_eqb p q = true -> p = q.
Proof.
  induction p as [|[n y] p IH]; intros [|[m z] q]; simpl; try easy.
  rewrite !Bool.andb_true_iff, Nat.eqb_eq, Z.eqb_eq. intros [[-> ->] H]. now rewrite (IH q).
Qed.

(** Powers of one atom are added if it is not 0, or both are >= 0. *)
Section Products.
  Variable not_0 : nat -> bool.

  Fixpoint insert_power (n : nat) (z : Z) (p : product) : product :=
    match p with
    | [] => if Z.eqb z 0 then [] else [(n, z)]
    | (m, y) :: p' =>
        if Nat.eqb n m then
          (if not_0 n || ((0 <=? z)%Z && (0 <=? y)%Z)
           then (if Z.eqb (z + y) 0 then p' else (n, (z + y)%Z) :: p') else (n, z) :: p)
        else if Nat.ltb n m then (if Z.eqb z 0 then p else (n, z) :: p)
        else (m, y) :: insert_power n z p'
    end.

  Fixpoint product_times (p q : product) : product :=
    match p with [] => q | (n, z) :: p => insert_power n z (product_times p q) end.
End Products.

Fixpoint insert_term (q : Q) (p : product) (c : constant) : constant :=
  match c with
  | [] => if Qeq_bool q 0 then [] else [(q, p)]
  | (q', p') :: c' =>
      if product_eqb p p' then (let s := Qred (q + q') in if Qeq_bool s 0 then c' else (s, p') :: c')
      else (q', p') :: insert_term q p c'
  end.

Fixpoint plus (c d : constant) : constant := match c with [] => d | (q, p) :: c => insert_term q p (plus c d) end.

Fixpoint times_term (not_0 : nat -> bool) (q : Q) (p : product) (d : constant) : constant :=
  match d with
  | [] => []
  | (q', p') :: d => insert_term (Qred (q * q')) (product_times not_0 p p') (times_term not_0 q p d)
  end.

Fixpoint times_where (not_0 : nat -> bool) (c d : constant) : constant :=
  match c with [] => [] | (q, p) :: c => plus (times_term not_0 q p d) (times_where not_0 c d) end.

Definition times : constant -> constant -> constant := times_where (fun _ => true).

Definition rational (q : Q) : constant := if Qeq_bool q 0 then [] else [(q, [])].

Fixpoint scale (q : Q) (c : constant) : constant :=
  match c with [] => [] | (r, p) :: c => insert_term (Qred (q * r)) p (scale q c) end.
Definition minus (c d : constant) : constant := plus c (scale (-1) d).
Definition is_zero (c : constant) : bool := match plus c [] with [] => true | _ => false end.
Definition equal (c d : constant) : bool := is_zero (minus c d).
Definition one : constant := rational 1.

Section Values.
  Variables (A : list R) (not_0 : nat -> bool).
  Hypothesis right : forall n, not_0 n = true -> nth n A 1 <> 0.
  Notation val := (value A).

  Lemma powers_add n z y : not_0 n || ((0 <=? z)%Z && (0 <=? y)%Z) = true ->
    powerRZ (nth n A 1) (z + y) = powerRZ (nth n A 1) z * powerRZ (nth n A 1) y.
  Proof.
    rewrite Bool.orb_true_iff, Bool.andb_true_iff, !Z.leb_le. intros [N|[Z Y]]; [now apply powerRZ_add, right|].
    rewrite <- (Z2Nat.id z Z), <- (Z2Nat.id y Y), <- Nat2Z.inj_add, <- !pow_powerRZ. apply pow_add.
  Qed.

  Lemma insert_power_value n z p :
    product_value A (insert_power not_0 n z p) = powerRZ (nth n A 1) z * product_value A p.
  Proof.
    induction p as [|[m y] p IH]; simpl.
    - destruct (Z.eqb_spec z 0) as [->|]; simpl; ring.
    - destruct (Nat.eqb_spec n m) as [->|].
      + destruct (_ || _) eqn:M; [|reflexivity]. rewrite <- Rmult_assoc, <- powers_add by exact M.
        destruct (Z.eqb_spec (z + y) 0) as [->|]; simpl; [ring|reflexivity].
      + destruct (Nat.ltb n m).
        * destruct (Z.eqb_spec z 0) as [->|]; simpl; ring.
        * simpl. rewrite IH. ring.
  Qed.

  Lemma product_times_value p q : product_value A (product_times not_0 p q) = product_value A p * product_value A q.
  Proof. induction p as [|[n z] p IH]; simpl; [ring|]. rewrite insert_power_value, IH. ring. Qed.

  Lemma Q2R_zero q : Qeq_bool q 0 = true -> Q2R q = 0.
  Proof. intros H%Qeq_bool_eq. rewrite (Qeq_eqR _ _ H). apply RMicromega.Q2R_0. Qed.

  Lemma Q2R_Qred q : Q2R (Qred q) = Q2R q.
  Proof. apply Qeq_eqR, Qred_correct. Qed.

  Lemma insert_term_value q p c : val (insert_term q p c) = Q2R q * product_value A p + val c.
  Proof.
    induction c as [|[q' p'] c IH]; cbn [insert_term value].
    - destruct (Qeq_bool q 0) eqn:E; cbn [value]; [rewrite (Q2R_zero q E)|]; ring.
    - destruct (product_eqb p p') eqn:E.
      + apply product_eqb_eq in E. subst p'. cbv zeta. destruct (Qeq_bool (Qred (q + q')) 0) eqn:Z.
        * apply Q2R_zero in Z. rewrite Q2R_Qred, Q2R_plus in Z.
          replace (Q2R q * _ + _) with ((Q2R q + Q2R q') * product_value A p + val c) by ring. rewrite Z. ring.
        * cbn [value]. rewrite Q2R_Qred, Q2R_plus. ring.
      + cbn [value]. rewrite IH. ring.
  Qed.

  Lemma plus_value c d : val (plus c d) = val c + val d.
  Proof. induction c as [|[q p] c IH]; cbn [plus value]; [ring|]. rewrite insert_term_value, IH. ring. Qed.

  Lemma times_term_value q p d : val (times_term not_0 q p d) = Q2R q * product_value A p * val d.
  Proof.
    induction d as [|[q' p'] d IH]; cbn [times_term value]; [ring|].
    rewrite insert_term_value, IH, Q2R_Qred, Q2R_mult, product_times_value. ring.
  Qed.

  Lemma times_where_value c d : val (times_where not_0 c d) = val c * val d.
  Proof.
    induction c as [|[q p] c IH]; cbn [times_where value]; [ring|]. rewrite plus_value, times_term_value, IH. ring.
  Qed.

  Lemma rational_value q : val (rational q) = Q2R q.
  Proof. unfold rational. destruct (Qeq_bool q 0) eqn:E; cbn; [now rewrite Q2R_zero|ring]. Qed.

  Lemma one_value : val one = 1.
  Proof. unfold one. rewrite rational_value. apply RMicromega.Q2R_1. Qed.

  Lemma scale_value q c : val (scale q c) = Q2R q * val c.
  Proof.
    induction c as [|[r p] c IH]; cbn [scale value]; [ring|]. rewrite insert_term_value, IH, Q2R_Qred, Q2R_mult. ring.
  Qed.

  Lemma minus_value c d : val (minus c d) = val c - val d.
  Proof. unfold minus. rewrite plus_value, scale_value. unfold Q2R; simpl. lra. Qed.

  Lemma is_zero_value c : is_zero c = true -> val c = 0.
  Proof.
    unfold is_zero. intros H. rewrite <- (Rplus_0_r (val c)). change 0 with (val []). rewrite <- plus_value.
    now destruct (plus c []).
  Qed.

  Lemma equal_value c d : equal c d = true -> val c = val d.
  Proof. intros H%is_zero_value. rewrite minus_value in H. lra. Qed.
End Values.

Lemma times_value A : (forall n, nth n A 1 <> 0) -> forall c d, value A (times c d) = value A c * value A d.
Proof. intros H. apply times_where_value. intros n _. apply H. Qed.

(** * Intervals *)

Definition interval_of (prec : F.precision) (q : Q) : I.type :=
  I.div prec (I.fromZ prec (Qnum q)) (I.fromZ prec (Zpos (Qden q))).

Definition tanh_interval (prec : F.precision) (x : I.type) : I.type :=
  let one := I.fromZ prec 1 in
  let two := I.fromZ prec 2 in
  I.sub prec one (I.div prec two (I.add prec (I.exp prec (I.mul prec two x)) one)).

Fixpoint product_interval prec (xs : list I.type) (p : product) : I.type :=
  match p with
  | [] => I.fromZ prec 1
  | (n, z) :: p => I.mul prec (I.power_int prec (nth n xs (I.fromZ prec 1)) z) (product_interval prec xs p)
  end.

Fixpoint interval prec (xs : list I.type) (c : constant) : I.type :=
  match c with
  | [] => I.fromZ prec 0
  | (q, p) :: c => I.add prec (I.mul prec (interval_of prec q) (product_interval prec xs p)) (interval prec xs c)
  end.

Fixpoint atom_intervals prec (table : list constant) (known : list I.type) : list I.type :=
  match table with
  | [] => known
  | c :: table => atom_intervals prec table (known ++ [tanh_interval prec (interval prec known c)])
  end.

Notation encloses x r := (contains (I.convert x) (Xreal r)).

Lemma interval_of_contains prec q : encloses (interval_of prec q) (Q2R q).
Proof.
  unfold interval_of, Q2R.
  pose proof (I.div_correct prec _ _ _ _ (I.fromZ_correct prec (Qnum q)) (I.fromZ_correct prec (Zpos (Qden q)))) as H.
  unfold Xdiv, Xdiv' in H. simpl in H. destruct (is_zero_spec (IZR (Zpos (Qden q)))) as [E|E] in H; [|exact H].
  exfalso. apply eq_IZR in E. discriminate.
Qed.

Lemma tanh_exp x : tanh x = 1 - 2 / (exp (2 * x) + 1).
Proof.
  unfold tanh, sinh, cosh. replace (2 * x) with (x + x) by ring. rewrite exp_plus, exp_Ropp.
  pose proof (exp_pos x). field. split; [|lra]. nra.
Qed.

Lemma tanh_interval_contains prec x r : encloses x r -> encloses (tanh_interval prec x) (tanh r).
Proof.
  intros H. unfold tanh_interval. rewrite tanh_exp.
  pose proof (I.mul_correct prec _ _ _ _ (I.fromZ_correct prec 2) H) as H1.
  apply (I.exp_correct prec) in H1.
  pose proof (I.add_correct prec _ _ _ _ H1 (I.fromZ_correct prec 1)) as H2.
  pose proof (I.div_correct prec _ _ _ _ (I.fromZ_correct prec 2) H2) as H3.
  pose proof (I.sub_correct prec _ _ _ _ (I.fromZ_correct prec 1) H3) as H4.
  cbv zeta. unfold Xdiv, Xdiv' in H4. simpl in H4.
  destruct (is_zero_spec (exp (2 * r) + 1)) as [E|E] in H4; [|exact H4].
  pose proof (exp_pos (2 * r)). lra.
Qed.

Lemma contains_any x r : contains (I.convert x) Xnan -> encloses x r.
Proof. destruct (I.convert x); simpl; tauto. Qed.

Lemma power_contains prec x r z : encloses x r -> encloses (I.power_int prec x z) (powerRZ r z).
Proof.
  intros H. pose proof (I.power_int_correct prec z _ _ H) as P. simpl in P.
  destruct z as [|p|p]; simpl in P |- *; try exact P.
  destruct (is_zero_spec r); [now apply contains_any|exact P].
Qed.

Definition enclosed (xs : list I.type) (A : list R) : Prop := Forall2 (fun x a => encloses x a) xs A.

Lemma enclosed_nth prec xs A n : enclosed xs A -> encloses (nth n xs (I.fromZ prec 1)) (nth n A 1).
Proof.
  intros H. revert n. induction H; intros [|n]; cbn [nth]; try apply I.fromZ_correct; [assumption|apply IHForall2].
Qed.

Lemma product_interval_contains prec xs A p : enclosed xs A -> encloses (product_interval prec xs p) (product_value A p).
Proof.
  intros H. induction p as [|[n z] p IH]; cbn [product_interval product_value]; [apply I.fromZ_correct|].
  apply (I.mul_correct prec _ _ (Xreal _) (Xreal _)); [|exact IH]. now apply power_contains, enclosed_nth.
Qed.

Lemma interval_contains prec xs A c : enclosed xs A -> encloses (interval prec xs c) (value A c).
Proof.
  intros H. induction c as [|[q p] c IH]; cbn [interval value]; [apply I.fromZ_correct|].
  apply (I.add_correct prec _ _ (Xreal _) (Xreal _)); [|exact IH].
  apply (I.mul_correct prec _ _ (Xreal _) (Xreal _)); [apply interval_of_contains|].
  now apply product_interval_contains.
Qed.

Lemma atom_intervals_contain prec table : forall xs A, enclosed xs A ->
  enclosed (atom_intervals prec table xs) (atom_values table A).
Proof.
  induction table as [|c table IH]; simpl; intros xs A H; [exact H|]. apply IH.
  apply Forall2_app; [exact H|]. constructor; [|constructor]. now apply tanh_interval_contains, interval_contains.
Qed.

(** * Signs *)

(** Precisions with the atoms' intervals: computed once for the first, which mostly suffices, and for others when asked. *)
Definition context : Type := list (F.precision * (unit -> list I.type)).

Definition at_precision (p : positive) (table : list constant) : F.precision * (unit -> list I.type) :=
  (F.PtoP p, fun _ => atom_intervals (F.PtoP p) table []).

Definition context_of (table : list constant) : context :=
  let xs := atom_intervals (F.PtoP 60) table [] in
  [(F.PtoP 60, fun _ => xs); at_precision 150 table; at_precision 400 table].

Fixpoint sign_by (ctx : context) (c : constant) : option comparison :=
  match ctx with
  | [] => None
  | (prec, xs) :: ctx =>
      match I.sign_strict (interval prec (xs tt) c) with
      | Xgt => Some Gt | Xlt => Some Lt | Xeq => Some Eq | Xund => sign_by ctx c
      end
  end.

Definition sign (ctx : context) (c : constant) : option comparison := if is_zero c then Some Eq else sign_by ctx c.

Definition has_sign (s : comparison) (x : R) : Prop := match s with Eq => x = 0 | Gt => 0 < x | Lt => x < 0 end.

Definition context_ok (ctx : context) (A : list R) : Prop := forall prec xs, In (prec, xs) ctx -> enclosed (xs tt) A.

Lemma context_of_ok table : context_ok (context_of table) (atom_values table []).
Proof.
  intros prec xs. unfold context_of, at_precision. cbn [In].
  intros [[= <- <-]|[[= <- <-]|[[= <- <-]|[]]]]; apply atom_intervals_contain; constructor.
Qed.

Lemma sign_by_ok ctx A c s : context_ok ctx A -> sign_by ctx c = Some s -> has_sign s (value A c).
Proof.
  intros ok. induction ctx as [|[prec xs] ctx IH]; simpl; [easy|].
  assert (H : encloses (interval prec (xs tt) c) (value A c)) by (apply interval_contains, (ok prec); now left).
  pose proof (I.sign_strict_correct (interval prec (xs tt) c)) as S.
  destruct (I.sign_strict (interval prec (xs tt) c)).
  - intros [= <-]. specialize (S _ H). injection S as ->. reflexivity.
  - intros [= <-]. exact (proj2 (S _ H)).
  - intros [= <-]. exact (proj2 (S _ H)).
  - apply IH. intros p ys i. apply (ok p). now right.
Qed.

(** * The table of atoms *)

Definition below (n : nat) (c : constant) : bool :=
  forallb (fun term => forallb (fun power => Nat.ltb (fst power) n) (snd term)) c.

Fixpoint table_ok (ctx : context) (n : nat) (table : list constant) : bool :=
  match table with
  | [] => true
  | c :: table =>
      below n c && match sign_by ctx c with Some Gt | Some Lt => true | _ => false end && table_ok ctx (S n) table
  end.

Lemma below_value A B n c : (forall m, (m < n)%nat -> nth m A 1 = nth m B 1) -> below n c = true -> value A c = value B c.
Proof.
  intros H. induction c as [|[q p] c IH]; cbn [below forallb value]; [easy|].
  rewrite Bool.andb_true_iff. intros [P Q]. rewrite (IH Q). f_equal. f_equal. clear IH Q. cbn [snd] in P.
  induction p as [|[m z] p IHp]; cbn [forallb product_value] in *; [easy|].
  rewrite Bool.andb_true_iff, Nat.ltb_lt in P. destruct P as [P1 P2]. now rewrite (H m P1), (IHp P2).
Qed.

Lemma atom_values_app table : forall known, exists l, atom_values table known = known ++ l /\ length l = length table /\
  forall i c, nth_error table i = Some c -> nth i l 1 = tanh (value (known ++ firstn i l) c).
Proof.
  induction table as [|c table IH]; intros known; cbn [atom_values].
  - exists []. rewrite app_nil_r. repeat split. intros [|i] c; discriminate.
  - destruct (IH (known ++ [tanh (value known c)])) as (l & -> & L & H).
    exists (tanh (value known c) :: l). rewrite <- app_assoc. repeat split; [simpl; lia|].
    intros [|i] d E; cbn [nth_error] in E; cbn [nth firstn].
    + injection E as ->. now rewrite app_nil_r.
    + rewrite (H i d E), <- app_assoc. reflexivity.
Qed.

Lemma tanh_nonzero x : x <> 0 -> tanh x <> 0.
Proof.
  intros Hx H. rewrite tanh_exp in H. apply Hx. pose proof (exp_pos (2 * x)).
  assert (E : exp (2 * x) = exp 0).
  { rewrite exp_0. apply (Rmult_eq_compat_r (exp (2 * x) + 1)) in H. field_simplify in H; lra. }
  apply exp_inv in E. lra.
Qed.

Section Table.
  Variables (table : list constant).
  Let A := atom_values table [].
  Let ctx := context_of table.
  Hypothesis ok : table_ok ctx 0 table = true.

  Lemma table_ok_nth t : forall n i c, table_ok ctx n t = true -> nth_error t i = Some c ->
    below (n + i) c = true /\ value A c <> 0.
  Proof.
    induction t as [|d t IH]; intros n [|i] c H E; try discriminate; cbn [table_ok nth_error] in *;
      rewrite !Bool.andb_true_iff in H; destruct H as [[B G] T].
    - injection E as ->. rewrite Nat.add_0_r. split; [exact B|].
      destruct (sign_by ctx c) as [s|] eqn:K; [|discriminate].
      apply (sign_by_ok ctx A) in K; [|apply context_of_ok]. destruct s; simpl in K; try discriminate; lra.
    - replace (n + S i)%nat with (S n + i)%nat by lia. now apply IH.
  Qed.

  Lemma atom_is_tanh n c : nth_error table n = Some c -> nth n A 1 = tanh (value A c) /\ value A c <> 0.
  Proof.
    intros E. destruct (table_ok_nth table 0 n c ok E) as [B N]. split; [|exact N].
    unfold A. destruct (atom_values_app table []) as (l & -> & L & H). simpl app in *.
    rewrite (H n c E). f_equal. apply (below_value _ _ n); [|exact B].
    intros m M. clear -M. revert l M. induction n as [|n IH] in m |- *; intros l M; [lia|].
    destruct l as [|x l]; [now destruct m|]. destruct m as [|m]; [reflexivity|]. cbn. apply IH. lia.
  Qed.

  Lemma atoms_nonzero n : nth n A 1 <> 0.
  Proof.
    destruct (nth_error table n) as [c|] eqn:E.
    - destruct (atom_is_tanh n c E) as [-> N]. now apply tanh_nonzero.
    - apply nth_error_None in E. rewrite nth_overflow; [apply R1_neq_R0|].
      unfold A. destruct (atom_values_app table []) as (l & -> & L & _). simpl. lia.
  Qed.

  Lemma sign_ok c s : sign ctx c = Some s -> has_sign s (value A c).
  Proof.
    unfold sign. destruct (is_zero c) eqn:E.
    - intros [= <-]. now apply is_zero_value.
    - apply sign_by_ok, context_of_ok.
  Qed.
End Table.

(** tanh of a constant, where the table has it or its opposite. *)
Fixpoint find_tanh (n : nat) (table : list constant) (c : constant) : option constant :=
  match table with
  | [] => if is_zero c then Some [] else None
  | d :: table =>
      if equal d c then Some [(1%Q, [(n, 1%Z)])]
      else if is_zero (plus d c) then Some [((-1)%Q, [(n, 1%Z)])]
      else find_tanh (S n) table c
  end.

Lemma tanh_opp x : tanh (- x) = - tanh x.
Proof. unfold tanh, sinh, cosh. rewrite Ropp_involutive. pose proof (exp_pos x). pose proof (exp_pos (- x)). field. lra. Qed.

Lemma find_tanh_right A c d : forall t n, (forall i e, nth_error t i = Some e -> nth (n + i) A 1 = tanh (value A e)) ->
  find_tanh n t c = Some d -> value A d = tanh (value A c).
Proof.
  induction t as [|e t IH]; intros n H; cbn [find_tanh].
  - destruct (is_zero c) eqn:Z; [|discriminate]. intros [= <-]. rewrite (is_zero_value A c Z).
    rewrite tanh_exp, Rmult_0_r, exp_0. cbn [value]. field.
  - pose proof (H O e eq_refl) as T. rewrite Nat.add_0_r in T. destruct (equal e c) eqn:Q.
    + intros [= <-]. rewrite <- (equal_value A e c Q), <- T. cbn. unfold Q2R; simpl. lra.
    + destruct (is_zero (plus e c)) eqn:Z.
      * intros [= <-]. apply (is_zero_value A) in Z. rewrite plus_value in Z.
        replace (value A c) with (- value A e) by lra. rewrite tanh_opp, <- T. cbn. unfold Q2R; simpl. lra.
      * apply IH. intros i f F. rewrite <- (H (S i) f F). f_equal. lia.
Qed.

Lemma find_tanh_ok table c d : table_ok (context_of table) 0 table = true -> find_tanh 0 table c = Some d ->
  value (atom_values table []) d = tanh (value (atom_values table []) c).
Proof. intros ok. apply find_tanh_right. intros i e E. now apply (atom_is_tanh table ok). Qed.

(** * What a calculus does with constants: products, signs, tanh of some *)

Record calculus : Type := Calculus {
  c_product : constant -> constant -> constant;
  c_sign : constant -> option comparison;
  c_tanh : constant -> option constant }.

Definition sound_for (A : list R) (cs : calculus) : Prop :=
  (forall c d, value A (c_product cs c d) = value A c * value A d) /\
  (forall c s, c_sign cs c = Some s -> has_sign s (value A c)) /\
  (forall c d, c_tanh cs c = Some d -> value A d = tanh (value A c)).

Definition calculus_of (ctx : context) (table : list constant) : calculus :=
  Calculus times (sign ctx) (find_tanh 0 table).

Lemma calculus_of_ok table : table_ok (context_of table) 0 table = true ->
  sound_for (atom_values table []) (calculus_of (context_of table) table).
Proof.
  intros ok. split; [exact (times_value _ (atoms_nonzero table ok))|]. split; [exact (sign_ok table)|].
  intros c d. now apply find_tanh_ok.
Qed.
