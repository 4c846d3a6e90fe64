(** One scale and every word: boxes that each step leads into. *)

From Coq Require Import Reals ZArith QArith Qreals List Lra Lia Bool.
From Coquelicot Require Import Coquelicot.
From Interval Require Import Real.Xreal.
From Symlstm Require Import Definitions Constants Steps Machines.
Import ListNotations.
Local Open Scope R_scope.

(** A class of word sequences: the places of the machine after the last of them, the newest first; the place of the
    promise's machine; where each coordinate lies, if that is known; the class after each word, if something is promised
    there.  Class 0 is the start. *)
Record class : Set := {
  recent : list place;
  promise_here : option place;
  ends : list (option (Q * Q));
  onward : list (option nat) }.

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
    match I.sign_strict (I.sub prec x least), I.sign_strict (I.sub prec x most) with
    | Xlt, _ => near_zero
    | _, Xgt => near_one
    | Xgt, Xlt => plain_sigmoid x
    | _, _ => I.join (I.join near_zero near_one) (plain_sigmoid (I.meet x (I.join least most)))
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

  Definition intervals : arithmetic I.type :=
    Arithmetic (affine_by scaled_interval (I.add prec) (I.mul prec)) (I.add prec) (I.mul prec)
      sigmoid_interval tanh_by_sigmoid relu_interval heaviside_interval.

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
    assert (G : encloses (I.join (I.join near_zero near_one)
      (plain_sigmoid (I.meet x (I.join (I.fromZ prec (Zneg bits)) (I.fromZ prec (Zpos bits)))))) (sigmoid r)).
    { destruct (Rle_or_lt r (- IZR (Zpos bits))) as [C|C]; [now apply join_left, join_left, near_zero_contains|].
      destruct (Rle_or_lt (IZR (Zpos bits)) r) as [D|D]; [now apply join_left, join_right, near_one_contains|].
      apply join_right, plain_sigmoid_contains, I.meet_correct; [exact H|].
      apply (between _ (- IZR (Zpos bits)) _ (IZR (Zpos bits))); [| |lra].
      - apply join_left. exact (I.fromZ_correct prec (Zneg bits)).
      - apply join_right, I.fromZ_correct. }
    destruct (I.sign_strict (I.sub prec x (I.fromZ prec (Zneg bits))));
      destruct (I.sign_strict (I.sub prec x (I.fromZ prec (Zpos bits))));
      try exact G; try (now apply near_zero_contains; lra); try (now apply near_one_contains; lra);
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

  Lemma intervals_sound : sound net intervals means.
  Proof.
    split; [intros x f g E H; unfold means; now rewrite <- E|].
    split; cbn [intervals affine sum_of product_of sigmoid_of tanh_of relu_of heaviside_of pointwise]; unfold means.
    - apply (affine_by_means net means); unfold means.
      + intros x f g E H. now rewrite <- E.
      + intros w. apply scaled_contains.
      + intros x f y g. apply add_contains.
      + intros x f y g. apply mul_contains.
    - intros x f y g. apply add_contains.
    - intros x f y g. apply mul_contains.
    - intros x f. apply sigmoid_interval_contains.
    - intros x f. apply tanh_by_sigmoid_contains.
    - intros x f. apply relu_contains.
    - intros x f. apply heaviside_contains.
  Qed.

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

(** * The check *)

Definition box_of (prec : F.precision) (c : class) : box :=
  map (fun e : option (Q * Q) =>
    match e with Some (low, high) => I.join (interval_of prec low) (interval_of prec high) | None => I.nai end) (ends c).

Definition nowhere : class := {| recent := []; promise_here := None; ends := []; onward := [] |}.

Section Check.
  Variables (net : network) (terms : list (nat * constant)) (delay : nat) (m : machine) (a : acceptance)
    (p : promise) (threshold : constant) (k : Q) (classes : list class) (bits : positive).
  Let prec := F.PtoP bits.

  Fixpoint inside (found b : box) : bool :=
    match found, b with
    | [], [] => true
    | x :: found, y :: b => I.subset x y && inside found b
    | _, _ => false
    end.

  (** The readout in the box of a class, against the threshold. *)
  Definition side_ok (xs : list I.type) (c : class) (b : box) : bool :=
    (length (recent c) <=? delay)%nat || unpromised p [] (promise_here c) ||
    match I.sign_strict (I.sub prec (read_interval bits xs terms b) (number_interval bits xs threshold)),
          accepted a [] (last (recent c) (at_start m)) with
    | Xgt, Some true | Xlt, Some false => true
    | _, _ => false
    end.

  Definition step_ok (xs : list I.type) (boxes : list box) (c : class) (b : box) (word : nat) : bool :=
    match nth_error (onward c) word, moved_window m delay [] (recent c) word, promise_moved p [] (promise_here c) word with
    | Some None, _, Some ahead => dead p ahead
    | Some (Some q), Some places, Some ahead =>
        let target := nth q classes nowhere in
        let there := nth q boxes [] in
        (q <? length classes)%nat
        && all_same (same_place []) (recent target) places
        && same_promise [] (promise_here target) ahead
        && inside (step (intervals k bits xs) net b word) there
        && side_ok xs target there
    | _, _, _ => false
    end.

  Definition decides_at_ok : bool :=
    let xs := atom_intervals prec (atoms net) [] in
    let boxes := map (box_of prec) classes in
    let first := nth 0 classes nowhere in
    (0 <? length classes)%nat
    && all_same (same_place []) (recent first) [at_start m]
    && same_promise [] (promise_here first) (promise_start p)
    && inside (map (number_interval bits xs) (initial net)) (nth 0 boxes [])
    && forallb (fun pair : class * box =>
         forallb (step_ok xs boxes (fst pair) (snd pair)) (seq 0 (length (vocabulary net)))) (combine classes boxes).

  (** * It is enough *)

  Let xs := atom_intervals prec (atoms net) [].
  Let boxes := map (box_of prec) classes.
  Let known : enclosed xs (atom_values (atoms net) []).
  Proof. apply atom_intervals_contain. constructor. Qed.

  Lemma inside_holds found b state : inside found b = true -> holds k found state -> holds k b state.
  Proof.
    revert b state. induction found as [|x found IH]; intros [|y b] state I H; cbn in I; try discriminate; [exact H|].
    apply andb_true_iff in I. destruct I as [I J]. destruct H as [L H].
    assert (S : length (tl state) = length found) by (specialize (L 0); destruct state; cbn in *; congruence).
    destruct (IH b (tl state) J) as [M G].
    - split; [now intros _|]. intros n z E. specialize (H (Datatypes.S n) z E). unfold means in *. now rewrite nth_tl in H.
    - split; [intros _; specialize (L 0); specialize (M 0); destruct state; cbn in *; congruence|].
      intros [|n] z E; cbn in E.
      + injection E as <-. unfold means. apply (I.subset_correct x); [exact (H O x eq_refl)|exact I].
      + unfold means. rewrite nth_tl. exact (G n z E).
  Qed.

  Let nothing : in_box [] [].
  Proof. constructor. Qed.

  Definition lies (words : list nat) (q : nat) : Prop :=
    (q < length classes)%nat /\ Forall2 (is_at []) (window m delay words) (recent (nth q classes nowhere)) /\
    promise_at p [] words (promise_here (nth q classes nowhere)) /\ holds k (nth q boxes []) (run net (Q2R k) words).

  Hypothesis ok : decides_at_ok = true.

  Lemma ok_parts : lies [] 0 /\ forall q w, (q < length classes)%nat -> (w < length (vocabulary net))%nat ->
    step_ok xs boxes (nth q classes nowhere) (nth q boxes []) w = true.
  Proof.
    pose proof ok as H. unfold decides_at_ok in H. fold xs boxes in H. cbv zeta in H.
    rewrite !andb_true_iff, Nat.ltb_lt, forallb_forall in H. destruct H as [[[[L S] P] N] T]. split.
    - split; [exact L|]. split; [|split].
      + apply (all_same_places [] [] nothing _ _ _ S). unfold window. cbn [length]. rewrite Nat.min_0_r.
        constructor; [apply at_start_ok|constructor].
      + apply (same_promise_ok p [] [] nothing _ _ _ P), promise_start_ok.
      + apply (inside_holds _ _ _ N). split; [intros _; unfold run; cbn [fold_left]; now rewrite !map_length|].
        intros n x E. rewrite nth_error_map in E. destruct (nth_error (initial net) n) as [c|] eqn:M; [|discriminate].
        injection E as <-. unfold means, run. cbn [fold_left].
        rewrite (nth_error_nth (map (number net) (initial net)) n 0 (x := number net c)); [now apply number_contains|].
        rewrite nth_error_map, M. reflexivity.
    - intros q w L' W. assert (E : length boxes = length classes) by apply map_length.
      specialize (T (nth q classes nowhere, nth q boxes [])).
      rewrite <- (combine_nth classes boxes q nowhere []) in T by now rewrite E.
      rewrite forallb_forall in T. rewrite (combine_nth classes boxes q nowhere []) in T by now rewrite E.
      apply T; [|apply in_seq; lia]. rewrite <- (combine_nth classes boxes q nowhere []) by now rewrite E.
      apply nth_In. rewrite combine_length. lia.
  Qed.

  Lemma step_lies words w q : (w < length (vocabulary net))%nat -> alive p (words ++ [w]) -> lies words q ->
    exists r, lies (words ++ [w]) r /\ side_ok xs (nth r classes nowhere) (nth r boxes []) = true.
  Proof.
    intros W V (L & Q & D & H). pose proof (proj2 ok_parts q w L W) as T. unfold step_ok in T.
    destruct (nth_error (onward (nth q classes nowhere)) w) as [r|]; [|discriminate].
    destruct (promise_moved p [] _ w) as [ahead|] eqn:A.
    2: destruct r; [now destruct (moved_window _ _ _ _ _)|discriminate].
    apply (promise_moved_ok p [] [] nothing words) in A; [|exact D].
    destruct r as [r|]; [|now apply (dead_ok p [] _ _ A) in T].
    destruct (moved_window m delay [] _ w) as [places|] eqn:M; [|discriminate].
    apply (moved_window_ok m delay [] [] words w _ _ nothing Q) in M.
    cbv zeta in T. rewrite !andb_true_iff, Nat.ltb_lt in T. destruct T as [[[[B E] F] I] S].
    exists r. split; [|exact S]. split; [exact B|]. split; [now apply (all_same_places [] [] nothing _ places)|]. split.
    - now apply (same_promise_ok p [] [] nothing _ _ ahead).
    - apply (inside_holds _ _ _ I). unfold run. rewrite fold_left_app. exact (step_holds _ k _ _ known _ _ w H).
  Qed.

  Lemma all_lie words : (forall w, In w words -> (w < length (vocabulary net))%nat) -> alive p words ->
    exists q, lies words q.
  Proof.
    induction words as [|w words IH] using rev_ind; intros V P; [exists 0%nat; apply ok_parts|].
    destruct IH as [q H]; [intros v J; apply V, in_or_app; now left|now apply (alive_before p words w)|].
    destruct (step_lies words w q) as (r & G & _); [apply V, in_or_app; right; now left|exact P|exact H|now exists r].
  Qed.

  Theorem decided : decides_at net terms delay m a p threshold k.
  Proof.
    intros words V P N D. destruct words as [|w words _] using rev_ind; [cbn in N; lia|].
    pose proof (promised_alive p _ P) as Z.
    destruct (all_lie words) as [q H]; [intros v J; apply V, in_or_app; now left|now apply (alive_before p words w)|].
    destruct (step_lies words w q) as (r & (_ & E & F & G) & Side); [apply V, in_or_app; right; now left|exact Z|exact H|].
    unfold side_ok in Side. rewrite !orb_true_iff in Side. destruct Side as [[Side|Side]|Side].
    - apply Forall2_same_length in E. rewrite window_length in E. apply Nat.leb_le in Side. lia.
    - apply (unpromised_ok p [] [] nothing _ _ F) in Side. congruence.
    - apply (Forall2_last (is_at []) _ _ _ _ (at_start_ok m [])) in E. rewrite window_last in E by exact D.
      pose proof (read_contains net k bits xs known _ _ G terms) as X.
      pose proof (number_contains net bits xs known threshold) as Y.
      pose proof (I.sub_correct prec _ _ (Xreal _) (Xreal _) X Y) as M. cbn in M.
      destruct (accepted a [] _) as [b|] eqn:A in Side; [|now destruct (I.sign_strict _) in Side].
      apply (accepted_ok [] [] nothing a _ _ b E) in A. unfold sides, accepts. rewrite A.
      set (y := I.sub prec _ _) in *. pose proof (I.sign_strict_correct y) as S.
      destruct (I.sign_strict y); destruct b; try discriminate; destruct (S _ M) as [_ K]; cbn in K; lra.
  Qed.
End Check.

Theorem check_decides_at net terms delay m a p threshold k classes precision :
  decides_at_ok net terms delay m a p threshold k classes precision = true ->
  decides_at net terms delay m a p threshold k.
Proof. apply decided. Qed.
