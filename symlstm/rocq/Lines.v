(** One scale and every word, or every word up to a length: boxes that each step leads into.  The lengths are cut into
    stretches, in which the ends of a box lie on a line. *)

From Coq Require Import Reals ZArith QArith Qreals Qreduction List Lra Lia Bool.
From Coquelicot Require Import Coquelicot.
From Interval Require Import Real.Xreal.
From Symlstm Require Import Definitions Constants Steps Machines Boxes.
Import ListNotations.
Local Open Scope R_scope.

(** * Values between two ends: still, or on the way from one interval to another *)

Inductive line : Type := Still (x : I.type) | Moving (x y : I.type).

Definition first_of (l : line) : I.type := match l with Still x | Moving x _ => x end.
Definition last_of (l : line) : I.type := match l with Still x | Moving _ x => x end.
Definition hull (l : line) : I.type := match l with Still x => x | Moving x y => I.join x y end.

Section Lines.
  Variables (net : network) (k : Q) (bits : positive) (xs : list I.type).
  Let prec := F.PtoP bits.
  Hypothesis known : enclosed xs (atom_values (atoms net) []).
  Let on := intervals k bits xs.

  Definition sum_line (l m : line) : line :=
    match l, m with
    | Still x, Still y => Still (I.add prec x y)
    | _, _ => Moving (I.add prec (first_of l) (first_of m)) (I.add prec (last_of l) (last_of m))
    end.

  Definition product_line (l m : line) : line :=
    match l, m with
    | Moving x y, Still z => Moving (I.mul prec x z) (I.mul prec y z)
    | Still z, Moving x y => Moving (I.mul prec z x) (I.mul prec z y)
    | _, _ => Still (I.mul prec (hull l) (hull m))
    end.

  Definition lines : arithmetic line :=
    let still f l := Still (f (hull l)) in
    Arithmetic (fun ws ls => Still (affine on ws (map (fun p => (fst p, hull (snd p))) ls))) sum_line product_line
      (still (sigmoid_of on)) (still (tanh_of on)) (still (relu_of on)) (still (heaviside_of on)).

  (** What a line stands for at the share s of the way. *)
  Definition at_share (s : R) (l : line) (f : R -> R) : Prop :=
    match l with
    | Still x => encloses x (f (Q2R k))
    | Moving x y => exists a b, encloses x a /\ encloses y b /\ f (Q2R k) = (1 - s) * a + s * b
    end.

  Lemma mixture x a b s : 0 <= s <= 1 -> encloses x a -> encloses x b -> encloses x ((1 - s) * a + s * b).
  Proof.
    intros S A B. destruct (Rle_or_lt a b); [apply (between x a _ b)|apply (between x b _ a)]; try assumption; nra.
  Qed.

  Section Share.
    Variable s : R.
    Hypothesis share : 0 <= s <= 1.

    Lemma hull_contains l f : at_share s l f -> encloses (hull l) (f (Q2R k)).
    Proof.
      destruct l as [x|x y]; [easy|]. intros (a & b & A & B & E). cbn [hull]. rewrite E.
      apply mixture; [exact share|now apply join_left|now apply join_right].
    Qed.

    Lemma ends_contain l f : at_share s l f ->
      exists a b, encloses (first_of l) a /\ encloses (last_of l) b /\ f (Q2R k) = (1 - s) * a + s * b.
    Proof. destruct l as [x|x y]; [|easy]. intros A. exists (f (Q2R k)), (f (Q2R k)). repeat split; try exact A. ring. Qed.

    Lemma sum_line_ok l f m g : at_share s l f -> at_share s m g -> at_share s (sum_line l m) (fun k => f k + g k).
    Proof.
      intros F G. pose proof (ends_contain l f F) as (a & b & A & B & E). pose proof (ends_contain m g G) as (c & d & C & D & E').
      assert (M : exists u v, encloses (I.add prec (first_of l) (first_of m)) u /\ encloses (I.add prec (last_of l) (last_of m)) v /\
        f (Q2R k) + g (Q2R k) = (1 - s) * u + s * v).
      { exists (a + c), (b + d). split; [now apply add_contains|]. split; [now apply add_contains|]. rewrite E, E'. ring. }
      destruct l, m; try exact M. now apply add_contains.
    Qed.

    Lemma product_line_ok l f m g : at_share s l f -> at_share s m g -> at_share s (product_line l m) (fun k => f k * g k).
    Proof.
      intros F G. pose proof (hull_contains l f F). pose proof (hull_contains m g G).
      destruct l as [x|x y], m as [z|z w]; try (now apply mul_contains).
      - destruct G as (a & b & A & B & E). exists (f (Q2R k) * a), (f (Q2R k) * b).
        split; [now apply mul_contains|]. split; [now apply mul_contains|]. cbv beta. rewrite E. ring.
      - destruct F as (a & b & A & B & E). exists (a * g (Q2R k)), (b * g (Q2R k)).
        split; [now apply mul_contains|]. split; [now apply mul_contains|]. cbv beta. rewrite E. ring.
    Qed.

    Lemma lines_sound : sound net lines (at_share s).
    Proof.
      destruct (intervals_sound net k bits xs known) as [_ [AF _ _ SI TA RE HE]].
      split; [intros [x|x y] f g E H; cbn in *; now rewrite <- E|].
      split; cbn [lines affine sum_of product_of sigmoid_of tanh_of relu_of heaviside_of].
      - intros ws ls fs H. refine (AF ws _ fs _). induction H as [|[w l] [v f] ls fs [E H] _ IH]; [constructor|].
        constructor; [split; [exact E|exact (hull_contains l f H)]|exact IH].
      - exact sum_line_ok.
      - exact product_line_ok.
      - intros l f H. apply SI. exact (hull_contains l f H).
      - intros l f H. apply TA. exact (hull_contains l f H).
      - intros l f H. apply RE. exact (hull_contains l f H).
      - intros l f H. apply HE. exact (hull_contains l f H).
    Qed.
  End Share.
End Lines.

(** * Boxes at both ends of a stretch *)

(** Of each coordinate, if it is known, the ends at the first length and at the last. *)
Definition span : Set := option (Q * Q * (Q * Q)).

Definition mix (s a b : Q) : Q := a + s * (b - a).
Definition blend (s a b : R) : R := (1 - s) * a + s * b.

Definition in_span (s : R) (x : span) (r : R) : Prop :=
  match x with
  | None => True
  | Some (a, b, (a', b')) => blend s (Q2R a) (Q2R a') <= r <= blend s (Q2R b) (Q2R b')
  end.

Lemma mix_value s a b : Q2R (mix s a b) = blend (Q2R s) (Q2R a) (Q2R b).
Proof.
  unfold mix, blend. rewrite Q2R_plus, Q2R_mult, Q2R_minus. ring.
Qed.

Section Spans.
  Variables (net : network) (k : Q) (bits : positive) (xs : list I.type).
  Let prec := F.PtoP bits.
  Hypothesis known : enclosed xs (atom_values (atoms net) []).

  Definition between_ends (a b : Q) : I.type := I.join (interval_of prec a) (interval_of prec b).

  Definition around (x : span) : I.type :=
    match x with None => I.nai | Some (a, b, (a', b')) => I.join (between_ends a b) (between_ends a' b') end.

  (** From the first length to the last but one; u is one step's share of the way. *)
  Definition entering (u : Q) (x : span) : line :=
    match x with
    | None => Still I.nai
    | Some (a, b, (a', b')) =>
        if Qeq_bool a a' && Qeq_bool b b' then Still (between_ends a b)
        else Moving (between_ends a b) (between_ends (mix (1 - u) a a') (mix (1 - u) b b'))
    end.

  Definition reaches (x low high : I.type) : bool :=
    match I.sign_large (I.sub prec x low), I.sign_large (I.sub prec high x) with
    | (Xgt | Xeq), (Xgt | Xeq) => true
    | _, _ => false
    end.

  (** Where a step must lead to: one length after the first, and at the last. *)
  Definition aim : Type := option (I.type * I.type * (I.type * I.type)).

  Definition aim_at (u : Q) (x : span) : aim :=
    match x with
    | None => None
    | Some (a, b, (a', b')) =>
        Some (interval_of prec (mix u a a'), interval_of prec (mix u b b'), (interval_of prec a', interval_of prec b'))
    end.

  Definition arrives (l : line) (x : aim) : bool :=
    match x with
    | None => true
    | Some (a, b, (a', b')) => reaches (first_of l) a b && reaches (last_of l) a' b'
    end.

  Lemma between_ends_contain a b r : Q2R a <= r <= Q2R b -> encloses (between_ends a b) r.
  Proof.
    intros H. apply (between _ (Q2R a) _ (Q2R b)); [apply join_left|apply join_right|exact H]; apply interval_of_contains.
  Qed.

  Lemma blend_inside a b s : 0 <= s <= 1 -> encloses (between_ends a b) (blend s (Q2R a) (Q2R b)).
  Proof. intros S. apply mixture; [exact S|apply join_left|apply join_right]; apply interval_of_contains. Qed.

  Lemma along a b r : a <= r <= b -> exists t, 0 <= t <= 1 /\ r = blend t a b.
  Proof.
    intros H. unfold blend. destruct (Req_dec a b) as [E|N]; [exists 0; split; lra|]. exists ((r - a) / (b - a)). split.
    - split; [apply Rmult_le_reg_r with (b - a)|apply Rmult_le_reg_r with (b - a)]; try lra;
        unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra; lra.
    - field. lra.
  Qed.

  Lemma around_contains s x r : 0 <= s <= 1 -> in_span s x r -> encloses (around x) r.
  Proof.
    intros S. destruct x as [[[a b] [a' b']]|]; [|intros _; apply anything]. intros H. cbn in H |- *.
    destruct (along _ _ _ H) as (t & T & ->).
    replace (blend t _ _) with (blend s (blend t (Q2R a) (Q2R b)) (blend t (Q2R a') (Q2R b'))) by (unfold blend; ring).
    apply mixture; [exact S|apply join_left|apply join_right]; now apply blend_inside.
  Qed.

  (** The share s of the whole way is t of the way to the last length but one. *)
  Lemma entering_ok u s t x f : 0 <= t <= 1 -> s = t * (1 - Q2R u) -> in_span s x (f (Q2R k)) -> at_share k t (entering u x) f.
  Proof.
    intros T E. destruct x as [[[a b] [a' b']]|]; [|intros _; apply anything]. intros H. cbn [in_span] in H. cbn [entering].
    destruct (Qeq_bool a a' && Qeq_bool b b') eqn:Q.
    - apply andb_true_iff in Q. destruct Q as [Q1 Q2]. apply Qeq_bool_iff, Qeq_eqR in Q1, Q2. cbn [at_share].
      apply between_ends_contain. rewrite <- Q1, <- Q2 in H. unfold blend in H. lra.
    - destruct (along _ _ _ H) as (v & V & R).
      exists (blend v (Q2R a) (Q2R b)), (blend v (Q2R (mix (1 - u) a a')) (Q2R (mix (1 - u) b b'))).
      split; [now apply blend_inside|]. split; [now apply blend_inside|].
      rewrite R, !mix_value, Q2R_minus. replace (Q2R 1) with 1 by (unfold Q2R; cbn; lra). subst s. unfold blend. ring.
  Qed.

  Lemma reaches_ok x a b r : reaches x (interval_of prec a) (interval_of prec b) = true -> encloses x r -> Q2R a <= r <= Q2R b.
  Proof.
    intros H E. unfold reaches in H.
    pose proof (I.sign_large_correct (I.sub prec x (interval_of prec a))) as L.
    pose proof (I.sign_large_correct (I.sub prec (interval_of prec b) x)) as M.
    pose proof (sub_contains bits _ _ _ _ E (interval_of_contains prec a)) as D.
    pose proof (sub_contains bits _ _ _ _ (interval_of_contains prec b) E) as G.
    destruct (I.sign_large (I.sub prec x _)), (I.sign_large (I.sub prec _ x)); try discriminate;
      specialize (L _ D); specialize (M _ G); cbn in L, M; try injection L as L; try injection M as M; lra.
  Qed.

  Lemma arrives_ok u t l x f : 0 <= t <= 1 -> arrives l (aim_at u x) = true -> at_share k t l f ->
    in_span (Q2R u + t * (1 - Q2R u)) x (f (Q2R k)).
  Proof.
    intros T A H. destruct x as [[[a b] [a' b']]|]; [|exact I]. cbn [arrives aim_at] in A. apply andb_true_iff in A. destruct A as [A B].
    destruct (ends_contain k t l f H) as (c & d & C & D & E).
    apply (reaches_ok _ _ _ c A) in C. apply (reaches_ok _ _ _ d B) in D. rewrite !mix_value in C. cbn [in_span]. unfold blend in *. rewrite E.
    destruct C, D. split; nra.
  Qed.
End Spans.

(** * The check *)

(** Of each coordinate, if it is known, the ends. *)
Definition ends : Set := list (option (Q * Q)).

(** A class of word sequences: the places of the machine after the last of them, the newest first; the place of the
    promise's machine; a number of words such that no fewer lead there; for each stretch the ends at its first length and at
    its last, none if they are the same; the class after each word, if something is promised there; no classes, if it is
    reached by as many words only as there are at most.  Class 0 is the start. *)
Record class : Set := {
  recent : list place;
  promise_here : option place;
  least : Z;
  boxes : list (ends * ends);
  onward : list (option nat) }.

Fixpoint spans (e e' : ends) : list span :=
  match e, e' with
  | [], _ => []
  | x :: e, [] => option_map (fun x => (x, x)) x :: spans e []
  | x :: e, y :: e' => (match x, y with Some x, Some y => Some (x, y) | _, _ => None end) :: spans e e'
  end.

Definition tubes (c : class) : list (list span) := map (fun b => spans (fst b) (snd b)) (boxes c).

Definition nowhere : class := {| recent := []; promise_here := None; least := 0; boxes := []; onward := [] |}.

(** What is at the last length of a stretch, inside what is at the first one of another. *)
Definition joins (x y : span) : bool :=
  match x, y with
  | _, None => true
  | None, _ => false
  | Some (_, (a, b)), Some (c, d, _) => Qle_bool c a && Qle_bool b d
  end.

Section Check.
  Variables (net : network) (delay : nat) (m : machine) (p : promise) (k : Q) (last : option Z)
    (lengths : list positive) (classes : list class) (bits : positive).
  Variable claim : list I.type -> class -> box -> bool.  (* of a class, in a box of its *)
  Let prec := F.PtoP bits.

  (** The stretch after the j-th one: none after the last one, but itself where lengths have no end. *)
  Definition following (j : nat) : option nat :=
    if (S j <? length lengths)%nat then Some (S j) else match last with None => Some 0%nat | Some _ => None end.

  Definition joints_ok (ts : list (list span)) : bool :=
    (length ts =? length lengths)%nat &&
    forallb (fun j => match following j with None => true | Some i => all_same joins (nth j ts []) (nth i ts []) end)
      (seq 0 (length lengths)).

  Definition finished (c : class) : bool := match last with None => false | Some t => (t <=? least c)%Z end.

  (** Of each stretch where a class is left from; where it is reached, and a box around. *)
  Definition sources (c : class) : list (list line) :=
    map (fun nt => map (entering bits (1 # fst nt)) (snd nt)) (combine lengths (tubes c)).
  Definition goals (c : class) : list (list aim * box) :=
    map (fun nt => (map (aim_at bits (1 # fst nt)) (snd nt), map (around bits) (snd nt))) (combine lengths (tubes c)).

  Definition step_ok (xs : list I.type) (all : list (list (list aim * box))) (c : class) (from : list (list line))
    (word : nat) : bool :=
    match nth_error (onward c) word, moved_window m delay [] (recent c) word, promise_moved p [] (promise_here c) word with
    | Some None, _, Some ahead => dead p ahead
    | Some (Some q), Some places, Some ahead =>
        let target := nth q classes nowhere in
        let there := nth q all [] in
        (q <? length classes)%nat
        && all_same (same_place []) (recent target) places
        && same_promise [] (promise_here target) ahead
        && (least target <=? least c + 1)%Z
        && all_same (fun ls goal => all_same (arrives bits) (step (lines k bits xs) net ls word) (fst goal)) from there
        && forallb (fun goal => claim xs target (snd goal)) there
    | _, _, _ => false
    end.

  Definition class_ok (xs : list I.type) (all : list (list (list aim * box))) (c : class) : bool :=
    let from := sources c in
    joints_ok (tubes c) &&
    match onward c with [] => finished c | _ => forallb (step_ok xs all c from) (seq 0 (length (vocabulary net))) end.

  Definition begins (x : I.type) (y : span) : bool :=
    match y with None => true | Some (a, b, _) => reaches bits x (interval_of prec a) (interval_of prec b) end.

  Definition closed_ok : bool :=
    let xs := atom_intervals prec (atoms net) [] in
    let all := map goals classes in
    let first := nth 0 classes nowhere in
    (0 <? length classes)%nat && (0 <? length lengths)%nat
    && match last with None => true | Some t => (fold_right (fun n s => Zpos n + s) 0 lengths =? t)%Z end
    && all_same (same_place []) (recent first) [at_start m]
    && same_promise [] (promise_here first) (promise_start p)
    && (least first <=? 0)%Z
    && all_same begins (map (number_interval bits xs) (initial net)) (nth 0 (tubes first) [])
    && forallb (class_ok xs all) classes.

  (** * It is enough *)

  Let xs := atom_intervals prec (atoms net) [].
  Let all := map goals classes.
  Let known : enclosed xs (atom_values (atoms net) []).
  Proof. apply atom_intervals_contain. constructor. Qed.
  Let nothing : in_box [] [].
  Proof. constructor. Qed.

  Definition total_length (ns : list positive) : Z := fold_right (fun n s => Zpos n + s)%Z 0%Z ns.

  (** After the words the state is in the box of class q, tau words after the beginning of stretch j. *)
  Definition lies (words : list nat) (q j : nat) (n : positive) (tau : Z) : Prop :=
    let c := nth q classes nowhere in
    (q < length classes)%nat /\ Forall2 (is_at []) (window m delay words) (recent c) /\
    promise_at p [] words (promise_here c) /\ (least c <= Z.of_nat (length words))%Z /\
    nth_error lengths j = Some n /\
    match last with None => True | Some _ => (total_length (firstn j lengths) + tau = Z.of_nat (length words))%Z end /\
    (0 <= tau <= Zpos n)%Z /\ Forall2 (in_span (IZR tau / IZR (Zpos n))) (nth j (tubes c) []) (run net (Q2R k) words).

  Definition goes_on (words : list nat) : Prop := match last with None => True | Some t => (Z.of_nat (length words) < t)%Z end.

  Lemma all_same_related {A B : Type} (same : A -> B -> bool) us : forall vs,
    all_same same us vs = true -> Forall2 (fun u v => same u v = true) us vs.
  Proof.
    induction us as [|u us IH]; intros [|v vs] H; try discriminate; constructor; cbn in H; apply andb_true_iff in H; [easy|].
    now apply IH.
  Qed.

  Lemma one_step tau n : (0 <= tau < Zpos n)%Z -> exists t, 0 <= t <= 1 /\
    IZR tau / IZR (Zpos n) = t * (1 - Q2R (1 # n)) /\ Q2R (1 # n) + t * (1 - Q2R (1 # n)) = IZR (tau + 1) / IZR (Zpos n).
  Proof.
    intros [L H]. assert (P : 0 < IZR (Zpos n)) by now apply IZR_lt. assert (U : Q2R (1 # n) = / IZR (Zpos n)) by (unfold Q2R; cbn; ring).
    apply IZR_le in L. assert (H' : IZR tau + 1 <= IZR (Zpos n)) by (rewrite <- plus_IZR; apply IZR_le; lia).
    rewrite U, plus_IZR. destruct (Req_dec (IZR (Zpos n)) 1) as [E|N].
    - exists 0. rewrite E in *. assert (IZR tau = 0) as -> by lra. split; [lra|split; field].
    - assert (1 < IZR (Zpos n)) by (assert (1 <= IZR (Zpos n)) by (apply IZR_le; lia); lra).
      exists (IZR tau / (IZR (Zpos n) - 1)). split; [|split; field; lra]. split.
      + apply Rmult_le_pos; [exact L|]. left. apply Rinv_0_lt_compat. lra.
      + apply Rmult_le_reg_r with (IZR (Zpos n) - 1); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra.
  Qed.

  Lemma entering_stands u s t xs' state : 0 <= t <= 1 -> s = t * (1 - Q2R u) -> Forall2 (in_span s) xs' state ->
    stands (at_share k t) (map (entering bits u) xs') (fun _ => state).
  Proof.
    intros T E H. split; [intros _; rewrite map_length; symmetry; exact (Forall2_same_length _ _ _ H)|].
    induction H as [|x r xs' state X H IH]; intros [|n] y N; cbn in N; try discriminate.
    - injection N as <-. now apply (entering_ok k bits u s).
    - exact (IH n y N).
  Qed.

  Lemma arrived_spans u t ls target state : 0 <= t <= 1 -> all_same (arrives bits) ls (map (aim_at bits u) target) = true ->
    length state = length ls -> (forall n l, nth_error ls n = Some l -> at_share k t l (fun _ => nth n state 0)) ->
    Forall2 (in_span (Q2R u + t * (1 - Q2R u))) target state.
  Proof.
    intros T A. apply all_same_related in A. revert ls state A. induction target as [|x target IH]; intros ls state A L S.
    - inversion A; subst. destruct state; [constructor|discriminate].
    - inversion A as [|l ? ls' ? A' H]; subst. destruct state as [|r state]; [discriminate|]. constructor.
      + apply (arrives_ok k bits u t l x (fun _ => r) T A'). exact (S O l eq_refl).
      + apply (IH ls' state H); [now injection L|]. intros n y N. exact (S (Datatypes.S n) y N).
  Qed.

  Lemma combine_nth_error {A B : Type} (us : list A) : forall (vs : list B) j u v, nth_error us j = Some u ->
    nth_error vs j = Some v -> nth_error (combine us vs) j = Some (u, v).
  Proof.
    induction us as [|x us IH]; intros [|y vs] [|j] u v H H'; cbn in *; try discriminate; [congruence|now apply IH].
  Qed.

  Hypothesis ok : closed_ok = true.

  Lemma classes_ok q : (q < length classes)%nat -> class_ok xs all (nth q classes nowhere) = true.
  Proof.
    pose proof ok as H. unfold closed_ok in H. fold xs all in H. cbv zeta in H. rewrite !andb_true_iff in H.
    destruct H as [_ H]. rewrite forallb_forall in H. intros L. apply H. now apply nth_In.
  Qed.

  Lemma starts : exists n, lies [] 0 0 n 0.
  Proof.
    pose proof ok as H. unfold closed_ok in H. fold xs all in H. cbv zeta in H.
    rewrite !andb_true_iff, !Nat.ltb_lt, Z.leb_le in H. destruct H as [[[[[[[C N] _] S] P] L] B] _].
    destruct lengths as [|n ns] eqn:E; [cbn in N; lia|]. exists n. unfold lies. rewrite E.
    split; [exact C|]. split; [|split; [|split; [exact L|split; [reflexivity|split; [now destruct last|split; [lia|]]]]]].
    - apply (all_same_places [] [] nothing _ _ _ S). unfold window. cbn [length]. rewrite Nat.min_0_r.
      constructor; [apply at_start_ok|constructor].
    - apply (same_promise_ok p [] [] nothing _ _ _ P), promise_start_ok.
    - apply all_same_related in B. unfold run. cbn [fold_left]. unfold Rdiv. rewrite Rmult_0_l. revert B.
      generalize (nth 0 (tubes (nth 0 classes nowhere)) []). induction (initial net) as [|c cs IH]; intros ts B; inversion B as [|x y ? ? X Y]; subst; constructor; [|now apply IH].
      destruct y as [[[a b] [a' b']]|]; [|exact I]. cbn [begins] in X. apply (reaches_ok bits _ _ _ (number net c)) in X; [|now apply number_contains].
      cbn [in_span]. unfold blend. lra.
  Qed.

  Lemma step_lies words w q j n tau : (w < length (vocabulary net))%nat -> alive p (words ++ [w]) -> goes_on words ->
    lies words q j n tau -> (tau < Zpos n)%Z ->
    exists r, lies (words ++ [w]) r j n (tau + 1) /\
      claim xs (nth r classes nowhere) (map (around bits) (nth j (tubes (nth r classes nowhere)) [])) = true.
  Proof.
    intros W V G (L & Q & D & M & J & T & U & H) T'. pose proof (classes_ok q L) as K. unfold class_ok in K.
    set (c := nth q classes nowhere) in *. cbv zeta in K. apply andb_true_iff in K. destruct K as [K N].
    assert (N' : forallb (step_ok xs all c (sources c)) (seq 0 (length (vocabulary net))) = true).
    { destruct (onward c); [|exact N]. unfold finished in N. unfold goes_on in G. destruct last; [|discriminate]. apply Z.leb_le in N. lia. }
    clear N. rewrite forallb_forall in N'. specialize (N' w ltac:(apply in_seq; lia)). unfold step_ok in N'.
    destruct (nth_error (onward c) w) as [r|]; [|discriminate].
    destruct (promise_moved p [] _ w) as [ahead|] eqn:A.
    2: destruct r; [now destruct (moved_window _ _ _ _ _)|discriminate].
    apply (promise_moved_ok p [] [] nothing words) in A; [|exact D].
    destruct r as [r|]; [|now apply (dead_ok p [] _ _ A) in N'].
    destruct (moved_window m delay [] _ w) as [places|] eqn:X; [|discriminate].
    apply (moved_window_ok m delay [] [] words w _ _ nothing Q) in X.
    cbv zeta in N'. rewrite !andb_true_iff, Nat.ltb_lt, Z.leb_le in N'. destruct N' as [[[[[B E] F] Y] Z] C].
    assert (There : nth r all [] = goals (nth r classes nowhere)).
    { unfold all. replace (@nil (list aim * box)) with (goals nowhere) by (unfold goals; now rewrite combine_nil). apply map_nth. }
    rewrite There in Z, C. exists r. assert (JL : (j < length lengths)%nat) by (apply nth_error_Some; congruence).
    assert (TL : forall q', (q' < length classes)%nat -> length (tubes (nth q' classes nowhere)) = length lengths).
    { intros q' L'. pose proof (classes_ok q' L') as K'. unfold class_ok in K'. cbv zeta in K'. apply andb_true_iff in K'.
      destruct K' as [K' _]. unfold joints_ok in K'. apply andb_true_iff in K'. now apply Nat.eqb_eq. }
    assert (Goal : forall q' u (f : positive * list span -> u), (q' < length classes)%nat ->
      nth_error (map f (combine lengths (tubes (nth q' classes nowhere)))) j = Some (f (n, nth j (tubes (nth q' classes nowhere)) []))).
    { intros q' u f L'. rewrite nth_error_map, (combine_nth_error _ _ j n (nth j (tubes (nth q' classes nowhere)) []) J); [reflexivity|].
      apply nth_error_nth'. now rewrite TL. }
    pose proof (Goal r _ (fun nt => (map (aim_at bits (1 # fst nt)) (snd nt), map (around bits) (snd nt))) B) as G1.
    change (nth_error (goals (nth r classes nowhere)) j = Some (map (aim_at bits (1 # n)) (nth j (tubes (nth r classes nowhere)) []),
      map (around bits) (nth j (tubes (nth r classes nowhere)) []))) in G1.
    split; [|rewrite forallb_forall in C; exact (C _ (nth_error_In _ _ G1))].
    split; [exact B|]. split; [now apply (all_same_places [] [] nothing _ places)|].
    split; [now apply (same_promise_ok p [] [] nothing _ _ ahead)|]. rewrite app_length, Nat2Z.inj_add. cbn [length].
    split; [lia|]. split; [exact J|]. split; [destruct last; [lia|exact I]|]. split; [lia|].
    destruct (one_step tau n ltac:(lia)) as (t & S & S1 & S2). rewrite <- S2.
    apply all_same_related in Z. unfold run. rewrite fold_left_app. cbn [fold_left].
    destruct (step_stands net (lines k bits xs) (at_share k t) (lines_sound net k bits xs known t S) _ _ w
      (entering_stands (1 # n) _ t _ _ S S1 H)) as [SL SN].
    pose proof (Goal q _ (fun nt => map (entering bits (1 # fst nt)) (snd nt)) L) as F1.
    change (nth_error (sources c) j = Some (map (entering bits (1 # n)) (nth j (tubes c) []))) in F1.
    destruct (related_nth _ _ _ _ _ Z F1) as (goal & F2 & Moves). rewrite G1 in F2. injection F2 as <-.
    apply (arrived_spans (1 # n) t _ _ _ S Moves (SL (Q2R k))).
    intros i l N. specialize (SN i l N). destruct l; exact SN.
  Qed.

  Lemma joined s t : all_same joins s t = true -> forall state, Forall2 (in_span 1) s state -> Forall2 (in_span 0) t state.
  Proof.
    intros J. apply all_same_related in J. induction J as [|x y s t E J IH]; intros state H; inversion H as [|? r ? rs X Y]; subst; constructor.
    - destruct y as [[[c d] [c' d']]|]; [|exact I]. destruct x as [[[a b] [a' b']]|]; [|discriminate]. cbn [joins] in E.
      apply andb_true_iff in E. destruct E as [E F]. apply Qle_bool_iff, Qle_Rle in E, F. cbn [in_span] in *. unfold blend in *. lra.
    - now apply IH.
  Qed.

  Lemma total_step j n : forall ns, nth_error ns j = Some n -> (total_length (firstn (S j) ns) = total_length (firstn j ns) + Zpos n)%Z.
  Proof.
    induction j as [|j IH]; intros [|x ns] H; try discriminate; cbn in H.
    - injection H as ->. cbn. lia.
    - change (total_length (firstn (S (S j)) (x :: ns))) with (Zpos x + total_length (firstn (S j) ns))%Z.
      change (total_length (firstn (S j) (x :: ns))) with (Zpos x + total_length (firstn j ns))%Z. rewrite (IH ns H). lia.
  Qed.

  Lemma lies_ready words q j n tau : goes_on words -> lies words q j n tau ->
    exists i n' tau', lies words q i n' tau' /\ (tau' < Zpos n')%Z.
  Proof.
    intros G (L & Q & D & M & J & T & U & H). destruct (Z.eq_dec tau (Zpos n)) as [E|N].
    2: exists j, n, tau; split; [now repeat split|lia].
    assert (JL : (j < length lengths)%nat) by (apply nth_error_Some; congruence).
    assert (F : exists i, following j = Some i /\ match last with None => True | Some _ => i = S j end /\ (i < length lengths)%nat).
    { unfold following. destruct (S j <? length lengths)%nat eqn:X.
      - apply Nat.ltb_lt in X. exists (S j). split; [reflexivity|]. split; [now destruct last|exact X].
      - unfold goes_on in G. destruct last as [z|] eqn:EL; [|exists 0%nat; split; [reflexivity|split; [exact I|lia]]].
        exfalso. apply Nat.ltb_ge in X. pose proof ok as K. unfold closed_ok in K. cbv zeta in K. rewrite !andb_true_iff, EL in K.
        destruct K as [[[[[[_ K] _] _] _] _] _]. apply Z.eqb_eq in K. change (total_length lengths = z) in K.
        pose proof (total_step j n lengths J) as Y. rewrite firstn_all2 in Y by lia. lia. }
    destruct F as (i & F & I' & IL). pose proof (classes_ok q L) as K. unfold class_ok in K. cbv zeta in K. apply andb_true_iff in K.
    destruct K as [K _]. unfold joints_ok in K. apply andb_true_iff in K. destruct K as [_ K]. rewrite forallb_forall in K.
    specialize (K j ltac:(apply in_seq; lia)). rewrite F in K.
    exists i, (nth i lengths 1%positive), 0%Z. split; [|lia].
    split; [exact L|]. split; [exact Q|]. split; [exact D|]. split; [exact M|]. split; [now apply nth_error_nth'|].
    split; [destruct last; [subst i; rewrite (total_step j n lengths J); lia|exact I]|]. split; [lia|].
    unfold Rdiv. rewrite Rmult_0_l. apply (joined _ _ K). subst tau. unfold Rdiv in H. rewrite Rinv_r in H; [exact H|].
    apply not_0_IZR. lia.
  Qed.

  Lemma all_ready words : (forall w, In w words -> (w < length (vocabulary net))%nat) -> alive p words -> goes_on words ->
    exists q j n tau, lies words q j n tau /\ (tau < Zpos n)%Z.
  Proof.
    induction words as [|w words IH] using rev_ind; intros V P G.
    - destruct starts as [n S]. exists 0%nat, 0%nat, n, 0%Z. split; [exact S|lia].
    - assert (G' : goes_on words) by (unfold goes_on in *; destruct last; [rewrite app_length in G; cbn in G; lia|exact I]).
      destruct IH as (q & j & n & tau & S & T); [intros v J; apply V, in_or_app; now left|now apply (alive_before p words w)|exact G'|].
      destruct (step_lies words w q j n tau) as (r & S' & _); try assumption; [apply V, in_or_app; right; now left|].
      destruct (lies_ready _ _ _ _ _ G S') as (i & n' & tau' & Y). now exists r, i, n', tau'.
  Qed.

  (** What is claimed of the class that is reached holds, in a box that the state is in. *)
  Theorem claimed words : (forall w, In w words -> (w < length (vocabulary net))%nat) -> promised p words = true ->
    (1 <= length words)%nat -> match last with None => True | Some t => (Z.of_nat (length words) <= t)%Z end ->
    exists c b, claim xs c b = true /\ Forall2 (is_at []) (window m delay words) (recent c) /\
      promise_at p [] words (promise_here c) /\ holds k b (run net (Q2R k) words).
  Proof.
    intros V P N E. destruct words as [|w words _] using rev_ind; [cbn in N; lia|].
    pose proof (promised_alive p _ P) as Z.
    assert (G : goes_on words) by (unfold goes_on; destruct last; [rewrite app_length in E; cbn in E; lia|exact I]).
    destruct (all_ready words) as (q & j & n & tau & S & T); [intros v J; apply V, in_or_app; now left|now apply (alive_before p words w)|exact G|].
    destruct (step_lies words w q j n tau) as (r & (_ & Q & D & _ & _ & _ & U & H) & C); try assumption; [apply V, in_or_app; right; now left|].
    eexists _, _. split; [exact C|]. split; [exact Q|]. split; [exact D|].
    assert (S' : 0 <= IZR (tau + 1) / IZR (Zpos n) <= 1).
    { destruct U as [U U']. apply IZR_le in U, U'. assert (0 < IZR (Zpos n)) by now apply IZR_lt. split.
      - apply Rmult_le_pos; [exact U|left; now apply Rinv_0_lt_compat].
      - apply Rmult_le_reg_r with (IZR (Zpos n)); [assumption|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra. }
    split; [intros _; rewrite map_length; symmetry; exact (Forall2_same_length _ _ _ H)|].
    clear -H S'. induction H as [|x r' ts state X H IH]; intros [|i] y Y; cbn in Y; try discriminate.
    - injection Y as <-. exact (around_contains bits _ _ _ S' X).
    - exact (IH i y Y).
  Qed.
End Check.

(** * Decisions, numbers and choices *)

Section Claims.
  Variables (net : network) (delay : nat) (m : machine) (p : promise) (k : Q) (last : option Z)
    (lengths : list positive) (classes : list class) (bits : positive).
  Let prec := F.PtoP bits.

  (** What is said of a class: nothing, if it is reached by too few words, or is not promised; else what [says] decides, by
      the place of the machine that counts. *)
  Definition unless_silent (says : list I.type -> place -> box -> bool) (xs : list I.type) (c : class) (b : box) : bool :=
    (length (recent c) <=? delay)%nat || unpromised p [] (promise_here c) || says xs (List.last (recent c) (at_start m)) b.

  Definition output_interval (xs : list I.type) (o : list (nat * constant) * constant) (b : box) : I.type :=
    I.add prec (number_interval bits xs (snd o)) (read_interval bits xs (fst o) b).

  Definition is_decided (terms : list (nat * constant)) (a : acceptance) (threshold : constant)
    (xs : list I.type) (q : place) (b : box) : bool :=
    match I.sign_strict (I.sub prec (read_interval bits xs terms b) (number_interval bits xs threshold)), accepted a [] q with
    | Xgt, Some true | Xlt, Some false => true
    | _, _ => false
    end.

  Definition is_near (o : list (nat * constant) * constant) (values : list form) (bound : Q)
    (xs : list I.type) (q : place) (b : box) : bool :=
    match compose (snd q) (nth (fst q) values (0%Q, [])) with
    | (v, []) => reaches bits (output_interval xs o b) (interval_of prec (v - bound)) (interval_of prec (v + bound))
    | _ => false
    end.

  Definition is_chosen (os : list (list (nat * constant) * constant)) (choices : list nat)
    (xs : list I.type) (q : place) (b : box) : bool :=
    let said := nth (fst q) choices 0%nat in
    match nth_error os said with
    | None => false
    | Some o =>
        forallb (fun no => (fst no =? said)%nat ||
          match I.sign_strict (I.sub prec (output_interval xs o b) (output_interval xs (snd no) b)) with Xgt => true | _ => false end)
          (combine (seq 0 (length os)) os)
    end.

  Let xs := atom_intervals prec (atoms net) [].
  Let known : enclosed xs (atom_values (atoms net) []).
  Proof. apply atom_intervals_contain. constructor. Qed.
  Let nothing : in_box [] [].
  Proof. constructor. Qed.

  Lemma said_at says : closed_ok net delay m p k last lengths classes bits (unless_silent says) = true ->
    forall words, promised_at_most last net delay p words ->
    exists q b, says xs q b = true /\ is_at [] (configuration_after m (firstn (length words - delay) words)) q /\
      holds k b (run net (Q2R k) words).
  Proof.
    intros ok words (V & P & N & D & T). destruct (claimed _ _ _ _ _ _ _ _ _ _ ok words V P N T) as (c & b & C & E & F & G).
    exists (List.last (recent c) (at_start m)), b. split; [|split; [|exact G]].
    - unfold unless_silent in C. rewrite !orb_true_iff in C. destruct C as [[C|C]|C]; [| |exact C].
      + apply Forall2_same_length in E. rewrite window_length in E. apply Nat.leb_le in C. lia.
      + apply (unpromised_ok p [] [] nothing _ _ F) in C. congruence.
    - apply (Forall2_last (is_at []) _ _ _ _ (at_start_ok m [])) in E. now rewrite window_last in E.
  Qed.

  Lemma output_contains o b words : holds k b (run net (Q2R k) words) -> encloses (output_interval xs o b) (output net (Q2R k) o words).
  Proof. intros H. apply add_contains; [now apply number_contains|exact (read_contains net k bits xs known b _ H (fst o))]. Qed.

  Theorem decided terms a threshold :
    closed_ok net delay m p k last lengths classes bits (unless_silent (is_decided terms a threshold)) = true ->
    decides_at net terms delay m a p threshold k last.
  Proof.
    intros ok words W. destruct (said_at _ ok words W) as (q & b & C & E & H). unfold is_decided in C.
    pose proof (sub_contains bits _ _ _ _ (read_contains net k bits xs known b _ H terms) (number_contains net bits xs known threshold)) as M.
    destruct (accepted a [] q) as [y|] eqn:A; [|now destruct (I.sign_strict _) in C].
    apply (accepted_ok [] [] nothing a _ _ y E) in A. unfold sides, accepts. rewrite A.
    pose proof (sign_of _ _ M) as S. destruct (I.sign_strict _), y; try discriminate; lra.
  Qed.

  Theorem near o values bound :
    closed_ok net delay m p k last lengths classes bits (unless_silent (is_near o values bound)) = true ->
    within_at net o delay m values p bound k last.
  Proof.
    intros ok words W said. destruct (said_at _ ok words W) as (q & b & C & E & H). unfold is_near in C.
    set (f := nth (fst q) values (0%Q, [])) in *.
    assert (V : (said == form_value (rationals []) (compose (snd q) f))%Q).
    { unfold said, number_said. destruct E as [E G]. rewrite E. fold f. rewrite compose_value.
      now apply form_value_equal, held_equal. }
    destruct (compose (snd q) f) as [v [|]]; [|discriminate]. change (form_value _ (v, [])) with v in V. apply Qeq_eqR in V.
    apply (reaches_ok bits _ _ _ (output net (Q2R k) o words)) in C; [|now apply output_contains].
    rewrite Q2R_minus, Q2R_plus, <- V in C. apply Rabs_le. lra.
  Qed.

  Theorem chosen os choices :
    closed_ok net delay m p k last lengths classes bits (unless_silent (is_chosen os choices)) = true ->
    chooses_at net os delay m choices p k last.
  Proof.
    intros ok words W said. destruct (said_at _ ok words W) as (q & b & C & [E _] & H). unfold is_chosen in C.
    rewrite <- E in C. change (nth (fst _) choices 0%nat) with said in C.
    destruct (nth_error os said) as [o|] eqn:O; [|discriminate]. exists o. split; [reflexivity|]. intros n o' N O'.
    rewrite forallb_forall in C. specialize (C (n, o')). cbn [fst snd] in C.
    assert (J : In (n, o') (combine (seq 0 (length os)) os)).
    { apply (nth_error_In _ n). apply combine_nth_error; [|exact O'].
      assert (n < length os)%nat by (apply nth_error_Some; congruence). rewrite (nth_error_nth' _ 0%nat) by now rewrite seq_length.
      now rewrite seq_nth. }
    apply C, orb_true_iff in J. destruct J as [J|J]; [apply Nat.eqb_eq in J; contradiction|].
    pose proof (sign_of _ _ (sub_contains bits _ _ _ _ (output_contains o b words H) (output_contains o' b words H))) as S.
    destruct (I.sign_strict _); try discriminate. lra.
  Qed.
End Claims.

Theorem check_decides_at net terms delay m a p threshold k last lengths classes precision :
  closed_ok net delay m p k last lengths classes precision (unless_silent delay m p (is_decided precision terms a threshold)) = true ->
  decides_at net terms delay m a p threshold k last.
Proof. apply decided. Qed.

Theorem check_within_at net o delay m values p bound k last lengths classes precision :
  closed_ok net delay m p k last lengths classes precision (unless_silent delay m p (is_near precision o values bound)) = true ->
  within_at net o delay m values p bound k last.
Proof. apply near. Qed.

Theorem check_chooses_at net os delay m choices p k last lengths classes precision :
  closed_ok net delay m p k last lengths classes precision (unless_silent delay m p (is_chosen precision os choices)) = true ->
  chooses_at net os delay m choices p k last.
Proof. apply chosen. Qed.
