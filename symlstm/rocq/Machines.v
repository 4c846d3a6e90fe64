(** Steps of a machine whose registers are forms in integers, the ghosts, that are known by their ranges only. *)

From Coq Require Import ZArith QArith Qreduction List Lia Lqa Bool Setoid.
From Symlstm Require Import Definitions.
Import ListNotations.
Local Open Scope Q_scope.

(** * Forms *)

Fixpoint insert_coefficient (j : nat) (c : Q) (ts : list (nat * Q)) : list (nat * Q) :=
  match ts with
  | [] => if Qeq_bool c 0 then [] else [(j, c)]
  | (i, b) :: ts =>
      if Nat.eqb i j then (let s := Qred (b + c) in if Qeq_bool s 0 then ts else (i, s) :: ts)
      else (i, b) :: insert_coefficient j c ts
  end.

Definition number_form (c : Q) : form := (c, []).

(** f + c * g. *)
Definition plus_times (f : form) (c : Q) (g : form) : form :=
  (Qred (fst f + c * fst g), fold_right (fun t ts => insert_coefficient (fst t) (c * snd t) ts) (snd f) (snd g)).

(** A form in registers that hold forms. *)
Definition compose (registers : list form) (f : form) : form :=
  fold_right (fun t s => plus_times s (snd t) (nth (fst t) registers (number_form 0))) (number_form (fst f)) (snd f).

Section Values.
  Variable xs : list Q.
  Notation at_ := (form_value xs).

  Lemma insert_coefficient_value j c ts b : at_ (b, insert_coefficient j c ts) == c * nth j xs 0 + at_ (b, ts).
  Proof.
    unfold form_value. cbn [fst snd]. induction ts as [|[i d] ts IH]; cbn [insert_coefficient fold_right fst snd].
    - destruct (Qeq_bool c 0) eqn:E; cbn [fold_right fst snd]; [|ring]. apply Qeq_bool_eq in E. rewrite E. ring.
    - destruct (Nat.eqb_spec i j) as [->|N].
      + cbv zeta. destruct (Qeq_bool (Qred (d + c)) 0) eqn:E.
        * apply Qeq_bool_eq in E. rewrite Qred_correct in E.
          setoid_replace d with (- c) by (rewrite <- (Qplus_0_r (- c)), <- E; ring). ring.
        * cbn [fold_right fst snd]. rewrite Qred_correct. ring.
      + cbn [fold_right fst snd]. rewrite IH. ring.
  Qed.

  Lemma plus_times_value f c g : at_ (plus_times f c g) == at_ f + c * at_ g.
  Proof.
    unfold plus_times. destruct f as [a ts], g as [b us]. cbn [fst snd]. induction us as [|[j d] us IH].
    - unfold form_value. cbn [fst snd fold_right]. induction ts as [|t ts IH]; cbn [fold_right].
      + rewrite Qred_correct. ring.
      + rewrite IH. ring.
    - cbn [fold_right fst snd]. rewrite insert_coefficient_value, IH. unfold form_value. cbn [fst snd fold_right]. ring.
  Qed.

  Lemma compose_value registers f : at_ (compose registers f) == form_value (map at_ registers) f.
  Proof.
    destruct f as [a ts]. unfold compose. cbn [fst snd]. induction ts as [|[j c] ts IH]; cbn [fold_right fst snd]; [reflexivity|].
    rewrite plus_times_value, IH, <- (map_nth at_ registers (number_form 0) j : nth j (map at_ registers) 0 = _).
    unfold form_value. cbn [fst snd fold_right]. ring.
  Qed.
End Values.

(** * Ranges *)

Definition range : Set := option Z * option Z.  (* None where there is no end *)
Definition extent : Set := option Q * option Q.

Definition lies_in (e : extent) (x : Q) : Prop :=
  match fst e with Some low => low <= x | None => True end /\ match snd e with Some high => x <= high | None => True end.

Definition in_range (r : range) (n : Z) : Prop :=
  match fst r with Some low => (low <= n)%Z | None => True end /\ match snd r with Some high => (n <= high)%Z | None => True end.

Definition whole_ends (r : range) : extent := (option_map inject_Z (fst r), option_map inject_Z (snd r)).

Definition plus_end (x y : option Q) : option Q := match x, y with Some x, Some y => Some (x + y) | _, _ => None end.
Definition plus_ends (x y : extent) : extent := (plus_end (fst x) (fst y), plus_end (snd x) (snd y)).

Definition times_ends (c : Q) (e : extent) : extent :=
  match c ?= 0 with
  | Gt => (option_map (Qmult c) (fst e), option_map (Qmult c) (snd e))
  | Lt => (option_map (Qmult c) (snd e), option_map (Qmult c) (fst e))
  | Eq => (Some 0, Some 0)
  end.

Definition anywhere : range := (None, None).

Definition ends_of (box : list range) (f : form) : extent :=
  fold_right (fun t e => plus_ends (times_ends (snd t) (whole_ends (nth (fst t) box anywhere))) e)
    (Some (fst f), Some (fst f)) (snd f).

(** Ghosts, and what they are as rational numbers. *)
Definition in_box (box : list range) (g : list Z) : Prop := Forall2 in_range box g.
Definition rationals (g : list Z) : list Q := map inject_Z g.

Lemma whole_ends_ok r n : in_range r n -> lies_in (whole_ends r) (inject_Z n).
Proof.
  destruct r as [[l|] [h|]]; unfold in_range, lies_in; cbn [whole_ends fst snd option_map]; intros [H G]; split;
    try exact I; now rewrite <- Zle_Qle.
Qed.

Lemma plus_ends_ok d e x y : lies_in d x -> lies_in e y -> lies_in (plus_ends d e) (x + y).
Proof.
  destruct d as [[a|] [b|]], e as [[a'|] [b'|]]; unfold lies_in; cbn; intros [H H'] [G G']; split;
    try exact I; now apply Qplus_le_compat.
Qed.

Lemma times_ends_ok c e x : lies_in e x -> lies_in (times_ends c e) (c * x).
Proof.
  intros [H G]. unfold times_ends. destruct (Qcompare_spec c 0) as [E|N|P]; destruct e as [[a|] [b|]]; unfold lies_in;
    cbn in *; split; try exact I; try (setoid_rewrite E; lra); nra.
Qed.

Lemma lies_in_eq e x y : x == y -> lies_in e x -> lies_in e y.
Proof. intros E [H G]. destruct e as [[a|] [b|]]; split; cbn in *; try exact I; now rewrite <- E. Qed.

Lemma ends_of_ok box g f : in_box box g -> lies_in (ends_of box f) (form_value (rationals g) f).
Proof.
  intros B. destruct f as [a ts]. unfold ends_of, form_value. cbn [fst snd]. induction ts as [|[j c] ts IH]; cbn [fold_right fst snd].
  - split; apply Qle_refl.
  - apply plus_ends_ok; [|exact IH]. apply times_ends_ok. unfold rationals. change 0 with (inject_Z 0). rewrite map_nth.
    destruct (Nat.lt_ge_cases j (length box)) as [L|L].
    + apply whole_ends_ok. clear -B L. revert j L. induction B as [|r n box g R B IH]; intros [|j] L; cbn in *; try lia; [exact R|].
      apply IH. lia.
    + rewrite nth_overflow by exact L. split; exact I.
Qed.

(** * Tests *)

(** Whether a relation holds of x and 0 wherever x lies between the ends. *)
Definition surely (r : relation) (e : extent) : bool :=
  let above bound := match fst e with Some low => bound low | None => false end in
  let below bound := match snd e with Some high => bound high | None => false end in
  match r with
  | Less => below (fun h => compares Less h 0)
  | AtMost => below (fun h => compares AtMost h 0)
  | Equals => above (fun l => compares Equals l 0) && below (fun h => compares Equals h 0)
  | Differs => above (fun l => compares Greater l 0) || below (fun h => compares Less h 0)
  | AtLeast => above (fun l => compares AtLeast l 0)
  | Greater => above (fun l => compares Greater l 0)
  end.

Definition opposite (r : relation) : relation :=
  match r with
  | Less => AtLeast | AtMost => Greater | Equals => Differs | Differs => Equals | AtLeast => Less | Greater => AtMost
  end.

Lemma surely_ok r e x : lies_in e x -> surely r e = true -> compares r x 0 = true.
Proof.
  intros [H G]. destruct e as [[a|] [b|]], r; cbn in *; try discriminate; rewrite ?orb_true_iff, ?andb_true_iff, ?orb_false_r, ?andb_false_r;
    repeat match goal with |- context [(?y ?= 0)%Q] => destruct (Qcompare_spec y 0) end; cbn; intuition (try discriminate; try easy; lra).
Qed.

Lemma opposite_ok r x : compares (opposite r) x 0 = negb (compares r x 0).
Proof. destruct r; cbn; now destruct (x ?= 0). Qed.

Lemma compares_shift r x b : compares r (x + - b) 0 = compares r x b.
Proof.
  unfold compares. replace (x + - b ?= 0) with (x ?= b); [reflexivity|].
  destruct (Qcompare_spec x b), (Qcompare_spec (x + - b) 0); try easy; lra.
Qed.

Section OnBox.
  Variables (box : list range) (registers : list form).

  Definition decided_test (t : test) : option bool :=
    let '(j, (r, bound)) := t in
    let e := ends_of box (plus_times (nth j registers (number_form 0)) (-1) (number_form bound)) in
    if surely r e then Some true else if surely (opposite r) e then Some false else None.

  Fixpoint decided_all (ts : list test) : option bool :=
    match ts with
    | [] => Some true
    | t :: ts =>
        match decided_test t, decided_all ts with
        | Some false, _ | _, Some false => Some false
        | Some true, Some true => Some true
        | _, _ => None
        end
    end.

  Fixpoint decided_some (some : list (list test)) : option bool :=
    match some with
    | [] => Some false
    | ts :: some =>
        match decided_all ts, decided_some some with
        | Some true, _ | _, Some true => Some true
        | Some false, Some false => Some false
        | _, _ => None
        end
    end.

  Fixpoint decided_move (ms : list move) : option move :=
    match ms with
    | [] => None
    | m :: ms => match decided_all (tests m) with Some true => Some m | Some false => decided_move ms | None => None end
    end.

  Variables (g : list Z) (held : list Q).
  Hypothesis inside : in_box box g.
  Hypothesis holds : Forall2 (fun x f => x == form_value (rationals g) f) held registers.

  Lemma held_nth j : nth j held 0 == form_value (rationals g) (nth j registers (number_form 0)).
  Proof. revert j. induction holds as [|x f xs fs E H IH]; intros [|j]; cbn [nth]; try reflexivity; [exact E|]. apply IH. exact H. Qed.

  Lemma decided_test_ok t b : decided_test t = Some b -> passes held t = b.
  Proof.
    destruct t as [j [r bound]]. unfold decided_test, passes.
    set (f := plus_times _ _ _). pose proof (ends_of_ok box g f inside) as E.
    assert (V : form_value (rationals g) f == nth j held 0 + - bound).
    { unfold f. rewrite plus_times_value, held_nth. unfold number_form, form_value at 2. cbn [fst snd fold_right]. ring. }
    apply (lies_in_eq _ _ _ V) in E. rewrite <- compares_shift.
    destruct (surely r _) eqn:S; [intros [= <-]; now apply (surely_ok _ _ _ E)|].
    destruct (surely (opposite r) _) eqn:S'; [|discriminate]. intros [= <-]. apply (surely_ok _ _ _ E) in S'.
    rewrite opposite_ok in S'. now apply negb_true_iff.
  Qed.

  Lemma decided_all_ok ts : forall b, decided_all ts = Some b -> all_pass held ts = b.
  Proof.
    unfold all_pass. induction ts as [|t ts IH]; cbn [decided_all forallb]; [congruence|]. intros b.
    destruct (decided_test t) as [[]|] eqn:T; destruct (decided_all ts) as [[]|] eqn:D; intros [= <-];
      try (apply decided_test_ok in T; rewrite T); try (rewrite (IH _ eq_refl)); auto using andb_false_r.
  Qed.

  Lemma decided_some_ok some : forall b, decided_some some = Some b -> existsb (all_pass held) some = b.
  Proof.
    induction some as [|ts some IH]; cbn [decided_some existsb]; [congruence|]. intros b.
    destruct (decided_all ts) as [[]|] eqn:T; destruct (decided_some some) as [[]|] eqn:D; intros [= <-];
      try (apply decided_all_ok in T; rewrite T); try (rewrite (IH _ eq_refl)); auto using orb_true_r.
  Qed.

  Lemma decided_move_ok ms m : decided_move ms = Some m -> find (fun m => all_pass held (tests m)) ms = Some m.
  Proof.
    induction ms as [|m' ms IH]; cbn [decided_move find]; [discriminate|].
    destruct (decided_all (tests m')) as [[]|] eqn:T; [| |discriminate]; apply decided_all_ok in T; rewrite T; [easy|exact IH].
  Qed.
End OnBox.

(** * Places of a machine *)

Definition place : Set := nat * list form.

Definition is_at (g : list Z) (c : configuration) (p : place) : Prop :=
  fst c = fst p /\ Forall2 (fun x f => x == form_value (rationals g) f) (snd c) (snd p).

Definition at_start (m : machine) : place := (initial_state m, map number_form (initial_registers m)).

Definition moved (m : machine) (box : list range) (p : place) (word : nat) : option place :=
  option_map (fun move => (target move, map (compose (snd p)) (updates move)))
    (decided_move box (snd p) (nth (fst p) (nth word (moves_on m) []) [])).

Definition accepted (a : acceptance) (box : list range) (p : place) : option bool :=
  decided_some box (snd p) (nth (fst p) a []).

(** Forms that are equal throughout a box. *)
Definition same_form (box : list range) (f h : form) : bool := surely Equals (ends_of box (plus_times f (-1) h)).

Fixpoint all_same {A B : Type} (same : A -> B -> bool) (xs : list A) (ys : list B) : bool :=
  match xs, ys with [], [] => true | x :: xs, y :: ys => same x y && all_same same xs ys | _, _ => false end.

Definition same_place (box : list range) (p q : place) : bool :=
  Nat.eqb (fst p) (fst q) && all_same (same_form box) (snd p) (snd q).

Lemma at_start_ok m g : is_at g (initial_state m, initial_registers m) (at_start m).
Proof. split; [reflexivity|]. cbn. induction (initial_registers m); constructor; [reflexivity|assumption]. Qed.

Lemma form_value_equal xs ys f : Forall2 Qeq xs ys -> form_value xs f == form_value ys f.
Proof.
  intros H. destruct f as [a ts]. unfold form_value. cbn [fst snd]. induction ts as [|[j c] ts IH]; cbn [fold_right fst snd]; [reflexivity|].
  rewrite IH. enough (nth j xs 0 == nth j ys 0) as -> by reflexivity. clear -H. revert j.
  induction H; intros [|j]; cbn [nth]; try reflexivity; [assumption|apply IHForall2].
Qed.

Lemma held_equal g held registers : Forall2 (fun x f => x == form_value (rationals g) f) held registers ->
  Forall2 Qeq held (map (form_value (rationals g)) registers).
Proof. intros H. induction H; cbn; constructor; assumption. Qed.

Section Steps.
  Variables (m : machine) (box : list range) (g : list Z).
  Hypothesis inside : in_box box g.

  Lemma moved_ok c p word q : is_at g c p -> moved m box p word = Some q -> is_at g (read_word m c word) q.
  Proof.
    destruct c as [s held], p as [s' registers]. unfold is_at. cbn [fst snd]. intros [E H]. subst s'. unfold moved. cbn [fst snd].
    destruct (decided_move _ _ _) as [move|] eqn:M; cbn [option_map]; [|discriminate]. intros [= <-].
    apply (decided_move_ok box registers g held inside H) in M. unfold read_word. rewrite M. cbn [fst snd]. split; [reflexivity|].
    induction (updates move) as [|u us IH]; cbn; constructor; [|exact IH].
    rewrite compose_value. now apply form_value_equal, held_equal.
  Qed.

  Lemma accepted_ok a c p b : is_at g c p -> accepted a box p = Some b -> says_yes a c = b.
  Proof. intros [E H] D. unfold says_yes. rewrite E. now apply (decided_some_ok box (snd p) g). Qed.

  Lemma compares_equals x : compares Equals x 0 = true -> x == 0.
  Proof. cbn. now destruct (Qcompare_spec x 0). Qed.

  Lemma same_form_ok f h : same_form box f h = true -> form_value (rationals g) f == form_value (rationals g) h.
  Proof.
    unfold same_form. intros H. apply (surely_ok _ _ _ (ends_of_ok box g _ inside)) in H. apply compares_equals in H.
    rewrite plus_times_value in H. lra.
  Qed.

  Lemma same_place_ok c p q : same_place box p q = true -> is_at g c q -> is_at g c p.
  Proof.
    destruct c as [s held], p as [s1 fs], q as [s2 hs]. unfold same_place, is_at. cbn [fst snd].
    rewrite andb_true_iff, Nat.eqb_eq. intros [-> S] [-> H]. split; [reflexivity|].
    revert hs S H. induction held as [|x held IH] in fs |- *; intros [|h hs] S H; inversion H; subst;
      destruct fs as [|f fs]; try discriminate; constructor; cbn [all_same] in S; apply andb_true_iff in S; destruct S as [S1 S2].
    - now rewrite (same_form_ok _ _ S1).
    - now apply (IH _ hs).
  Qed.
End Steps.

Lemma all_same_places box g : in_box box g -> forall ps qs cs, all_same (same_place box) ps qs = true ->
  Forall2 (is_at g) cs qs -> Forall2 (is_at g) cs ps.
Proof.
  intros B ps qs cs. revert ps qs. induction cs as [|c cs IH]; intros ps qs S H; inversion H; subst;
    destruct ps as [|p ps]; try discriminate; constructor; cbn [all_same] in S; apply andb_true_iff in S; destruct S as [S1 S2].
  - now apply (same_place_ok box g B _ _ y).
  - now apply (IH _ l').
Qed.

(** * States after which nothing is accepted any more *)

Definition targets (m : machine) (q : nat) : list nat := flat_map (fun row => map target (nth q row [])) (moves_on m).

Definition among (qs : list nat) (q : nat) : bool := existsb (Nat.eqb q) qs.

Fixpoint shrunk (m : machine) (n : nat) (qs : list nat) : list nat :=
  match n with O => qs | S n => shrunk m n (filter (fun q => forallb (among qs) (targets m q)) qs) end.

Definition silent (a : acceptance) (q : nat) : bool := match nth q a [] with [] => true | _ => false end.

Definition hopeless (m : machine) (a : acceptance) : list nat :=
  let qs := shrunk m (length a) (filter (silent a) (seq 0 (length a))) in
  if forallb (fun q => silent a q && forallb (among qs) (targets m q)) qs then qs else [].

Lemma among_in qs q : among qs q = true <-> In q qs.
Proof.
  unfold among. rewrite existsb_exists. split.
  - intros (x & J & E). apply Nat.eqb_eq in E. now subst.
  - intros J. exists q. split; [exact J|apply Nat.eqb_refl].
Qed.

Lemma hopeless_ok m a q : In q (hopeless m a) -> silent a q = true /\ forall t, In t (targets m q) -> In t (hopeless m a).
Proof.
  unfold hopeless. cbv zeta. set (qs := shrunk _ _ _). destruct (forallb _ qs) eqn:E; [|easy].
  rewrite forallb_forall in E. intros J. specialize (E q J). rewrite andb_true_iff, forallb_forall in E.
  split; [easy|]. intros t T. now apply among_in, E.
Qed.

Definition state_after (m : machine) (words : list nat) : nat := fst (configuration_after m words).

Lemma configuration_snoc m words w : configuration_after m (words ++ [w]) = read_word m (configuration_after m words) w.
Proof. unfold configuration_after. now rewrite fold_left_app. Qed.

Lemma state_snoc m words w :
  state_after m (words ++ [w]) = state_after m words \/ In (state_after m (words ++ [w])) (targets m (state_after m words)).
Proof.
  unfold state_after. rewrite configuration_snoc. destruct (configuration_after m words) as [q held]. cbn [read_word fst].
  destruct (find _ _) as [move|] eqn:F; [|now left]. right. cbn [fst]. apply find_some in F. destruct F as [J _].
  unfold targets. rewrite in_flat_map. exists (nth w (moves_on m) []). split; [|now apply in_map].
  destruct (Nat.lt_ge_cases w (length (moves_on m))) as [L|L]; [now apply nth_In|].
  rewrite (nth_overflow (moves_on m)) in J by exact L. now destruct q.
Qed.

(** Whether words may still become some that are promised. *)
Definition alive (p : promise) (words : list nat) : Prop :=
  match p with None => True | Some (m, a) => ~ In (state_after m words) (hopeless m a) end.

Lemma alive_before p words w : alive p (words ++ [w]) -> alive p words.
Proof.
  destruct p as [[m a]|]; [|easy]. cbn. intros H J. apply H. destruct (state_snoc m words w) as [->|T]; [exact J|].
  now apply (hopeless_ok m a _ J).
Qed.

Lemma promised_alive p words : promised p words = true -> alive p words.
Proof.
  destruct p as [[m a]|]; [|easy]. cbn. unfold accepts, says_yes, state_after. intros H J.
  apply hopeless_ok in J. destruct J as [S _]. unfold silent in S. now destruct (nth _ a []).
Qed.

(** * The configurations after the last prefixes, the newest first, as far as a delay *)

Section Window.
  Variables (m : machine) (delay : nat).

  Definition window (words : list nat) : list configuration :=
    map (fun l => configuration_after m (firstn (length words - l) words)) (seq 0 (S (Nat.min delay (length words)))).

  Lemma firstn_seq n : forall a m, firstn n (seq a m) = seq a (Nat.min n m).
  Proof. induction n as [|n IH]; intros a [|b]; cbn; try reflexivity. now rewrite IH. Qed.

  Lemma window_head words : window words = configuration_after m words :: tl (window words).
  Proof. unfold window. cbn [seq map tl]. now rewrite Nat.sub_0_r, firstn_all. Qed.

  Lemma window_snoc words w :
    window (words ++ [w]) = firstn (S delay) (read_word m (configuration_after m words) w :: window words).
  Proof.
    cbn [firstn]. unfold window at 1. cbn [seq map].
    rewrite Nat.sub_0_r, firstn_all, configuration_snoc. f_equal.
    unfold window. rewrite firstn_map, firstn_seq, <- seq_shift, map_map, app_length. cbn [length].
    replace (Nat.min delay (length words + 1)) with (Nat.min delay (S (Nat.min delay (length words)))) by lia.
    apply map_ext_in. intros l _. f_equal.
    replace (length words + 1 - S l)%nat with (length words - l)%nat by lia.
    rewrite firstn_app. replace (length words - l - length words)%nat with 0%nat by lia. now rewrite app_nil_r.
  Qed.

  Lemma window_length words : length (window words) = S (Nat.min delay (length words)).
  Proof. unfold window. now rewrite map_length, seq_length. Qed.

  Lemma last_map (f : nat -> configuration) d : forall n a, last (map f (seq a (S n))) d = f (a + n)%nat.
  Proof.
    induction n as [|n IH]; intros a; [cbn; f_equal; lia|].
    change (map f (seq a (S (S n)))) with (f a :: map f (seq (S a) (S n))).
    replace (a + S n)%nat with (S a + n)%nat by lia. rewrite <- IH. reflexivity.
  Qed.

  Lemma window_last words d : (delay <= length words)%nat ->
    last (window words) d = configuration_after m (firstn (length words - delay) words).
  Proof. intros D. unfold window. rewrite last_map, Nat.min_l by exact D. reflexivity. Qed.
End Window.

(** The places after one more word, the newest first. *)
Definition moved_window (m : machine) (delay : nat) (box : list range) (ps : list place) (word : nat) : option (list place) :=
  match ps with
  | [] => None
  | p :: _ => option_map (fun q => firstn (S delay) (q :: ps)) (moved m box p word)
  end.

Lemma Forall2_firstn {A B : Type} (R : A -> B -> Prop) n : forall xs ys, Forall2 R xs ys -> Forall2 R (firstn n xs) (firstn n ys).
Proof. induction n as [|n IH]; intros xs ys H; [constructor|]. destruct H; cbn; constructor; auto. Qed.

Lemma moved_window_ok m delay box g words word ps qs : in_box box g -> Forall2 (is_at g) (window m delay words) ps ->
  moved_window m delay box ps word = Some qs -> Forall2 (is_at g) (window m delay (words ++ [word])) qs.
Proof.
  intros B H. rewrite window_snoc. pose proof H as H'. rewrite window_head in H'. inversion H' as [|c p cs ps' P R E F]. subst.
  unfold moved_window. destruct (moved m box p word) as [q|] eqn:M; [|discriminate]. cbn [option_map]. intros [= <-].
  apply (Forall2_firstn (is_at g) (S delay) (_ :: _) (_ :: _)). constructor; [|exact H]. now apply (moved_ok m box g B _ p).
Qed.

Lemma Forall2_same_length {A B : Type} (R : A -> B -> Prop) xs ys : Forall2 R xs ys -> length xs = length ys.
Proof. intros H. induction H; cbn; congruence. Qed.

Lemma Forall2_last {A B : Type} (R : A -> B -> Prop) xs ys d e : R d e -> Forall2 R xs ys -> R (last xs d) (last ys e).
Proof.
  intros D H. induction H as [|x y xs ys X H IH]; [exact D|]. destruct H; [exact X|exact IH].
Qed.

(** * Where the machine of a promise is *)

Section Promise.
  Variables (p : promise) (box : list range).

  Definition promise_at (g : list Z) (words : list nat) (here : option place) : Prop :=
    match p, here with
    | None, None => True
    | Some (m, _), Some at_place => is_at g (configuration_after m words) at_place
    | _, _ => False
    end.

  Definition promise_start : option place := option_map (fun ma => at_start (fst ma)) p.

  Definition promise_moved (here : option place) (word : nat) : option (option place) :=
    match p, here with
    | None, None => Some None
    | Some (m, _), Some at_place => option_map Some (moved m box at_place word)
    | _, _ => None
    end.

  (** Nothing is promised from here on, or nothing here. *)
  Definition dead (here : option place) : bool :=
    match p, here with Some (m, a), Some at_place => among (hopeless m a) (fst at_place) | _, _ => false end.

  Definition unpromised (here : option place) : bool :=
    match p, here with
    | Some (_, a), Some at_place => match accepted a box at_place with Some b => negb b | None => false end
    | _, _ => false
    end.

  Definition same_promise (x y : option place) : bool :=
    match x, y with None, None => true | Some x, Some y => same_place box x y | _, _ => false end.

  Variable g : list Z.
  Hypothesis inside : in_box box g.

  Lemma promise_start_ok : promise_at g [] promise_start.
  Proof. unfold promise_at, promise_start. destruct p as [[m a]|]; cbn; [apply at_start_ok|exact I]. Qed.

  Lemma promise_moved_ok words here word ahead : promise_at g words here -> promise_moved here word = Some ahead ->
    promise_at g (words ++ [word]) ahead.
  Proof.
    unfold promise_at, promise_moved. destruct p as [[m a]|], here as [q|]; try easy; [|now intros _ [= <-]].
    intros H. destruct (moved m box q word) as [r|] eqn:M; [|discriminate]. intros [= <-]. rewrite configuration_snoc.
    now apply (moved_ok m box g inside _ q).
  Qed.

  Lemma dead_ok words here : promise_at g words here -> dead here = true -> ~ alive p words.
  Proof.
    unfold promise_at, dead, alive. destruct p as [[m a]|], here as [q|]; try easy. intros [E _] H N. apply N.
    apply among_in in H. unfold state_after. now rewrite E.
  Qed.

  Lemma unpromised_ok words here : promise_at g words here -> unpromised here = true -> promised p words = false.
  Proof.
    unfold promise_at, unpromised, promised. destruct p as [[m a]|], here as [q|]; try easy. intros H.
    destruct (accepted a box q) as [[]|] eqn:A; try discriminate. intros _. now apply (accepted_ok box g inside a _ q).
  Qed.

  Lemma same_promise_ok words x y : same_promise x y = true -> promise_at g words y -> promise_at g words x.
  Proof.
    unfold promise_at, same_promise. destruct p as [[m a]|], x as [x|], y as [y|]; try easy.
    intros S H. now apply (same_place_ok box g inside _ _ y).
  Qed.
End Promise.
