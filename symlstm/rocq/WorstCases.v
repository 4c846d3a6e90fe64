(** The largest error at one scale, over all words of some lengths: contexts, and what more words add, backwards. *)

From Coq Require Import Reals ZArith QArith Qreals List Lra Lia Bool.
From Coquelicot Require Import Coquelicot.
From Interval Require Import Real.Xreal.
From Symlstm Require Import Definitions Constants Limits Piecewise Steps Networks Soundness Machines Boxes Runs.
Import ListNotations.
Local Open Scope R_scope.

(** Word sequences whose states lie in one box: the situation that they lead to; where each coordinate lies, if that is
    known; the context after each word.  Context 0 is the start. *)
Record node : Set := { in_situation : nat; lies_in : list (option (Q * Q)); leads_to : list nat }.

Definition between_ends (prec : F.precision) (e : option (Q * Q)) : I.type :=
  match e with Some (low, high) => I.join (interval_of prec low) (interval_of prec high) | None => I.nai end.

Fixpoint inside (found b : box) : bool :=
  match found, b with
  | [], [] => true
  | x :: found, y :: b => I.subset x y && inside found b
  | _, _ => false
  end.

Lemma inside_nth found : forall b, inside found b = true ->
  length found = length b /\ forall n y, nth_error b n = Some y -> exists x, nth_error found n = Some x /\ I.subset x y = true.
Proof.
  induction found as [|x found IH]; intros [|z b] H; cbn [inside] in H; try discriminate.
  - split; [reflexivity|]. intros [|n] y E; discriminate.
  - apply andb_true_iff in H. destruct H as [S H]. destruct (IH b H) as [L G]. split; [cbn; congruence|].
    intros [|n] y E; cbn [nth_error] in *; [|now apply G]. injection E as <-. now exists x.
Qed.

Lemma inside_holds k found b state : inside found b = true -> holds k found state -> holds k b state.
Proof.
  intros H [L G]. destruct (inside_nth found b H) as [M S]. split; [intros r; rewrite (L r); exact M|].
  intros n y E. destruct (S n y E) as (x & X & I). specialize (G n x X). unfold means in *. exact (I.subset_correct _ _ _ G I).
Qed.

(** * Intervals with a table of sigmoids, in which a step looks first *)

Section Tabled.
  Variables (net : network) (k : Q) (bits : positive).
  Let prec := F.PtoP bits.
  Variables (xs : list I.type) (at_k : I.type) (table : list (I.type * I.type)).
  Hypothesis known : enclosed xs (atom_values (atoms net) []).
  Hypothesis at_k_is : encloses at_k (Q2R k).
  Hypothesis table_is : forall x y r, In (x, y) table -> encloses x r -> encloses y (sigmoid r).

  Definition short_interval (c : Definitions.constant) : I.type :=
    match c with
    | [(n # 1, [])] => I.fromZ prec n
    | _ => interval prec xs c
    end.

  Definition tabled_weight (w : weight) : I.type :=
    match fst w with
    | [] => short_interval (snd w)
    | a => I.add prec (I.mul prec (short_interval a) at_k) (short_interval (snd w))
    end.

  Definition tabled_sigmoid (x : I.type) : I.type :=
    match find (fun xy => I.subset x (fst xy)) table with Some xy => snd xy | None => sigmoid_interval bits x end.

  Definition tabled_tanh (x : I.type) : I.type :=
    I.sub prec (I.mul prec (I.fromZ prec 2) (tabled_sigmoid (I.mul prec (I.fromZ prec 2) x))) (I.fromZ prec 1).

  Definition tabled : arithmetic I.type := intervals_by bits tabled_weight tabled_sigmoid tabled_tanh.

  Lemma short_contains c : encloses (short_interval c) (number net c).
  Proof.
    assert (N : encloses (interval prec xs c) (number net c)) by now apply interval_contains.
    destruct c as [|[[n d] p] [|y c]]; [exact N| |destruct d, p; exact N]. destruct d, p; try exact N. cbn [short_interval].
    assert (E : IZR n = number net [(n # 1, [])]) by (unfold number; cbn; unfold Q2R; cbn; field).
    pose proof (I.fromZ_correct prec n) as Z. rewrite E in Z. exact Z.
  Qed.

  Lemma weight_contains w : encloses (tabled_weight w) (scaled net (Q2R k) w).
  Proof.
    unfold tabled_weight, scaled. destruct w as [[|x a] b]; cbn [fst snd].
    - replace (number net [] * Q2R k + number net b) with (number net b) by (unfold number at 2; cbn; ring). apply short_contains.
    - apply add_contains; [apply mul_contains|]; try apply short_contains. exact at_k_is.
  Qed.

  Lemma tabled_sigmoid_contains x r : encloses x r -> encloses (tabled_sigmoid x) (sigmoid r).
  Proof.
    intros H. unfold tabled_sigmoid. destruct (find (fun xy => I.subset x (fst xy)) table) as [[u v]|] eqn:E; [|now apply sigmoid_interval_contains].
    apply find_some in E. destruct E as [J S]. cbn [fst] in S. apply (table_is u v r J). exact (I.subset_correct _ _ _ H S).
  Qed.

  Lemma tabled_tanh_contains x r : encloses x r -> encloses (tabled_tanh x) (tanh r).
  Proof.
    intros H. replace (tanh r) with (2 * sigmoid (2 * r) - 1).
    - apply sub_contains; [apply mul_contains; [|apply tabled_sigmoid_contains, mul_contains; [|exact H]]|];
        apply I.fromZ_correct.
    - rewrite tanh_exp. unfold sigmoid. rewrite exp_Ropp. pose proof (exp_pos (2 * r)). field. lra.
  Qed.

  Lemma tabled_sound : sound net tabled (means k).
  Proof. apply intervals_by_sound; [apply weight_contains|apply tabled_sigmoid_contains|apply tabled_tanh_contains]. Qed.
End Tabled.

(** * The check *)

Definition part : Type := (I.type * I.type) * (I.type * I.type).  (* A, B; their limits *)
Definition edge : Type := option (nat * list part).  (* where a word leads, and what a step does to each register read *)
Definition powers : Type := list (I.type * I.type).  (* of A and of its limit, times the coefficient, for each register *)
Definition reach : Type := option I.type * (option I.type * option I.type).
(** What more words add: around all; around what some words add, which is large, and small. *)

Definition unknown : reach := (None, (None, None)).
Definition missing : node := {| in_situation := 0; lies_in := []; leads_to := [] |}.

Fixpoint every (xs : list (option I.type)) : option I.type :=
  match xs with
  | [] => None
  | [x] => x
  | x :: xs => match x, every xs with Some x, Some y => Some (I.join x y) | _, _ => None end
  end.

Section Check.
  Variables (net : network) (terms : list (nat * constant)) (delay : nat) (wa : automaton) (prf : proof) (k : Q)
    (contexts : list node) (arguments : list (Q * Q)) (bits : positive).
  Let prec := F.PtoP bits.

  Definition known_sigmoids : list (I.type * I.type) :=
    map (fun e => let x := between_ends prec (Some e) in (x, sigmoid_interval bits x)) arguments.

  Definition boxes : list box := map (fun c => map (between_ends prec) (lies_in c)) contexts.

  Definition zero : I.type := I.fromZ prec 0.

  (** A readout's term that is a register: what the step does to it. *)
  Definition part_of (xs : list I.type) (found : list (option (I.type * I.type))) (limits : list (constant * constant)) (n : nat) : option part :=
    match index_of n (registers prf) with
    | None => Some ((zero, zero), (zero, zero))
    | Some i =>
        match nth_error found n with
        | Some (Some move) => let '(a, b) := nth i limits ([], []) in Some (move, (number_interval bits xs a, number_interval bits xs b))
        | _ => None
        end
    end.

  Fixpoint all_parts (found : list (option part)) : option (list part) :=
    match found with
    | [] => Some []
    | Some p :: found => match all_parts found with Some ps => Some (p :: ps) | None => None end
    | None :: _ => None
    end.

  Section Network_at_k.
    Variables (xs : list I.type) (on : arithmetic I.type) (bs : list box).

    Definition edge_of (c word : nat) : edge :=
      let here := nth c contexts missing in
      match nth_error (leads_to here) word with
      | None => None
      | Some p =>
          let q := in_situation here in
          if (p <? length contexts)%nat
             && Nat.eqb (in_situation (nth p contexts missing)) (next_situation prf q word)
             && inside (step on net (nth c bs []) word) (nth p bs [])
          then match all_parts (map (fun t => part_of xs (moves_of_step on net (nth c bs []) word) (move prf q word) (fst t)) terms) with
               | Some ps => Some (p, ps)
               | None => None
               end
          else None
      end.

    (** By how much the other coordinates of the readout are off. *)
    Fixpoint offset_in (b : box) (q : nat) (ts : list (nat * constant)) : I.type :=
      match ts with
      | [] => zero
      | (n, c) :: ts =>
          match index_of n (registers prf) with
          | Some _ => offset_in b q ts
          | None => I.add prec (I.mul prec (number_interval bits xs c)
                      (I.sub prec (nth n b I.nai) (number_interval bits xs (limit_of net prf q n)))) (offset_in b q ts)
          end
      end.
  End Network_at_k.

  Fixpoint join_factors (ps : list part) (fs : powers) : powers :=
    match ps, fs with
    | p :: ps, f :: fs => (I.join (fst (fst p)) (fst f), I.join (fst (snd p)) (snd f)) :: join_factors ps fs
    | _, [] => map (fun p => (fst (fst p), fst (snd p))) ps
    | [], fs => fs
    end.

  Fixpoint fits (ps : list part) (fs : powers) : bool :=
    match ps, fs with
    | [], [] => true
    | p :: ps, f :: fs => I.subset (fst (fst p)) (fst f) && I.subset (fst (snd p)) (snd f) && fits ps fs
    | _, _ => false
    end.

  Fixpoint gain (us : powers) (ps : list part) : I.type :=
    match us, ps with
    | (u, v) :: us, p :: ps =>
        I.add prec (I.sub prec (I.mul prec u (snd (fst p))) (I.mul prec v (snd (snd p)))) (gain us ps)
    | _, _ => zero
    end.

  (** What the same gain holds of: one that was taken before is not taken again. *)
  Fixpoint covered (ps qs : list part) : bool :=
    match ps, qs with
    | [], [] => true
    | p :: ps, q :: qs => I.subset (snd (fst p)) (snd (fst q)) && I.subset (snd (snd p)) (snd (snd q)) && covered ps qs
    | _, _ => false
    end.

  Fixpoint gains (us : powers) (taken : option (list part * I.type)) (es : list edge) : list (option (nat * I.type)) :=
    match es with
    | [] => []
    | None :: es => None :: gains us taken es
    | Some (p, ps) :: es =>
        let own := (ps, gain us ps) in
        let used := match taken with Some (qs, g) => if covered ps qs then (qs, g) else own | None => own end in
        Some (p, snd used) :: gains us (Some used) es
    end.

  Definition next_powers (us fs : powers) : powers :=
    map (fun uf => (I.mul prec (fst (fst uf)) (fst (snd uf)), I.mul prec (snd (fst uf)) (snd (snd uf)))) (combine us fs).

  Definition choose (side : Xcomparison) (x y : I.type) : I.type :=
    match I.sign_strict (I.sub prec x y), side with Xgt, Xgt | Xlt, Xlt => x | _, _ => y end.

  Fixpoint chosen (side : Xcomparison) (xs : list I.type) : option I.type :=
    match xs with
    | [] => None
    | x :: xs => Some (match chosen side xs with Some y => choose side x y | None => x end)
    end.

  Fixpoint attained (pick : reach -> option I.type) (rs : list reach) (gs : list (option (nat * I.type))) : list I.type :=
    match gs with
    | [] => []
    | Some (p, g) :: gs =>
        match pick (nth p rs unknown) with Some x => I.add prec g x :: attained pick rs gs | None => attained pick rs gs end
    | None :: gs => attained pick rs gs
    end.

  Definition high (r : reach) : option I.type := fst (snd r).
  Definition low (r : reach) : option I.type := snd (snd r).

  Definition with_ahead (rs : list reach) (g : option (nat * I.type)) : option I.type :=
    match g with Some (p, g) => option_map (I.add prec g) (fst (nth p rs unknown)) | None => None end.

  Definition earlier (us : powers) (rs : list reach) (es : list edge) : reach :=
    let gs := gains us None es in
    (every (map (with_ahead rs) gs),
     (chosen Xgt (attained high rs gs), chosen Xlt (attained low rs gs))).

  (** How far the start puts the readout off, and with it all that follows. *)
  Fixpoint start_gain (xs : list I.type) (us : powers) (ts : list (nat * constant)) : I.type :=
    match us, ts with
    | (u, v) :: us, (n, _) :: ts =>
        match index_of n (registers prf) with
        | Some _ => let r := number_interval bits xs (nth n (initial net) []) in
                    I.add prec (I.sub prec (I.mul prec u r) (I.mul prec v r)) (start_gain xs us ts)
        | None => start_gain xs us ts
        end
    | _, _ => zero
    end.

  Definition within_bound (upper : I.type) (x : I.type) : bool := never_below bits upper x && never_below bits x (I.neg upper).

  Definition beyond_bound (lower : I.type) (start : I.type) (r : reach) : bool :=
    match high r with Some x => never_below bits (I.add prec start x) lower | None => false end
    || match low r with Some x => never_below bits (I.neg lower) (I.add prec start x) | None => false end.

  Record state : Type := { upper_ok : bool; lower_ok : bool; now : powers; ahead : list reach }.

  (** The contexts after so many words, or after no more. *)
  Fixpoint levels_after (several : bool) (level : list nat) (n : nat) : list (list nat) :=
    match n with
    | O => [level]
    | S n =>
        let new := flat_map (fun c => leads_to (nth c contexts missing)) level in
        level :: levels_after several (nodup Nat.eq_dec (if several then new ++ level else new)) n
    end.

  Fixpoint backwards (xs : list I.type) (es : list (list edge)) (fs : powers) (levels : list (list nat)) (finals : list I.type)
    (shortest longest : nat) (lower upper : I.type) (n : nat) : state :=
    match n with
    | O => {| upper_ok := true; lower_ok := false;
              now := map (fun t => let x := number_interval bits xs (snd t) in (x, x)) terms;
              ahead := map (fun x => (Some x, (Some x, Some x))) finals |}
    | S n =>
        let s := backwards xs es fs levels finals shortest longest lower upper n in
        let level := nth (longest - S n) levels [] in
        let rs := map (fun ce => if existsb (Nat.eqb (fst ce)) level then earlier (now s) (ahead s) (snd ce) else unknown)
          (combine (seq 0 (length contexts)) es) in
        let us := next_powers (now s) fs in
        let meant := (shortest <=? S n)%nat in
        let start := start_gain xs us terms in
        let first := nth 0 rs unknown in
        {| upper_ok := upper_ok s && (negb meant || match fst first with Some x => within_bound upper (I.add prec start x) | None => false end);
           lower_ok := lower_ok s || (meant && beyond_bound lower start first);
           now := us; ahead := rs |}
    end.

  Definition largest_error_ok (shortest longest : N) (lower upper : Q) : bool :=
    let xs := atom_intervals prec (atoms net) [] in
    let on := tabled bits xs (interval_of prec k) known_sigmoids in
    let bs := boxes in
    let es := map (fun c => map (edge_of xs on bs c) (seq 0 (length (vocabulary net)))) (seq 0 (length contexts)) in
    let used := flat_map (flat_map (fun e : edge => match e with Some pe => [snd pe] | None => [] end)) es in
    let fs := fold_right join_factors [] used in
    let several := (shortest <? longest)%N in
    let finals := map (fun cb => offset_in xs (snd cb) (in_situation (fst cb)) terms) (combine contexts bs) in
    let s := backwards xs es fs (levels_after several [0%nat] (N.to_nat longest)) finals
      (N.to_nat shortest) (N.to_nat longest) (interval_of prec lower) (interval_of prec upper) (N.to_nat longest) in
    computes_ok net terms delay wa prf (context_of (atoms net))
    && (1 <=? shortest)%N && (delay <=? N.to_nat shortest)%nat
    && Nat.eqb (in_situation (nth 0 contexts missing)) 0
    && (0 <? length contexts)%nat
    && inside (map (number_interval bits xs) (initial net)) (nth 0 bs [])
    && forallb (fun ps => fits ps fs) used
    && upper_ok s && (Qle_bool lower 0 || lower_ok s).

  (** * It is enough *)

  Let xs := atom_intervals prec (atoms net) [].
  Let on := tabled bits xs (interval_of prec k) known_sigmoids.
  Let bs := boxes.
  Let A := atom_values (atoms net) [].
  Notation val := (value A).
  Let reals_k := reals net (Q2R k).
  Let known : enclosed xs A.
  Proof. apply atom_intervals_contain. constructor. Qed.

  Hypothesis atoms_are : atoms_ok net (context_of (atoms net)) = true.
  Hypothesis shape : shaped net = true.

  Lemma on_sound : sound net on (means k).
  Proof.
    apply tabled_sound; [exact known|apply interval_of_contains|]. intros x y r J H. unfold known_sigmoids in J.
    apply in_map_iff in J. destruct J as (e & [= <- <-] & _). now apply sigmoid_interval_contains.
  Qed.

  Definition limit_at (q : nat) (L : nat -> R) (n : nat) : R :=
    match index_of n (registers prf) with Some i => L i | None => val (limit_of net prf q n) end.

  Fixpoint off (ts : list (nat * constant)) (s : list R) (q : nat) (L : nat -> R) : R :=
    match ts with [] => 0 | (n, c) :: ts => val c * (nth n s 0 - limit_at q L n) + off ts s q L end.

  Lemma off_is ts s q L : off ts s q L = read net ts s - limit_part net prf ts q L.
  Proof.
    induction ts as [|[n c] ts IH]; cbn [off read].
    - unfold limit_part. cbn [limit_form value]. rewrite (total_ext _ _ (fun _ => 0)) by (intros; ring). rewrite total_zero. ring.
    - rewrite IH. unfold limit_at, limit_part, number. fold A. cbn [limit_form]. destruct (index_of n (registers prf)) as [j|] eqn:E.
      + pose proof (index_of_nth _ _ _ E) as J. rewrite plus_value. cbn [value].
        rewrite (total_ext _ (fun i => L i * val (plus (if (i =? j)%nat then c else []) _))
          (fun i => L i * (if Nat.eqb i j then val c else 0) + L i * val (limit_form net prf ts (Reg q i)))).
        2: { intros i _. rewrite plus_value. destruct (Nat.eqb i j); cbn [value]; ring. }
        rewrite total_plus, total_pick; [ring|]. apply nth_error_Some. congruence.
      + rewrite plus_value, times_value by exact (atoms_nonzero _ atoms_are).
        rewrite (total_ext _ (fun i => L i * val (plus [] _)) (fun i => L i * val (limit_form net prf ts (Reg q i)))).
        2: { intros i _. reflexivity. }
        ring.
  Qed.

  Fixpoint reading (uvs : list (R * R)) (ts : list (nat * constant)) (s : list R) (L : nat -> R) : R :=
    match uvs, ts with
    | (u, v) :: uvs, (n, _) :: ts =>
        match index_of n (registers prf) with Some i => u * nth n s 0 - v * L i | None => 0 end + reading uvs ts s L
    | _, _ => 0
    end.

  Definition later (words : list nat) (s : list R) (q : nat) (L : nat -> R) : R :=
    let found := fold_left (advance net prf) words (q, L) in
    off terms (fold_left (step reals_k net) words s) (fst found) (snd found).

  Definition in_powers (us : powers) (uvs : list (R * R)) : Prop :=
    Forall2 (fun x u => encloses (fst x) (fst u) /\ encloses (snd x) (snd u)) us uvs.

  Definition situation_in (c : nat) : nat := in_situation (nth c contexts missing).

  (** What the words add, wherever the state is in the context's box. *)
  Definition adds (us : powers) (c : nat) (words : list nat) (X : I.type) : Prop :=
    forall s L, holds k (nth c bs []) s -> length s = length (initial net) ->
    exists uvs g, in_powers us uvs /\ encloses X g /\ later words s (situation_in c) L = reading uvs terms s L + g.

  Lemma adds_more us c words X Y : adds us c words X -> (forall g, encloses X g -> encloses Y g) -> adds us c words Y.
  Proof. intros H M s L S N. destruct (H s L S N) as (uvs & g & U & G & E). exists uvs, g. auto. Qed.

  Lemma final_adds c : adds (map (fun t : nat * constant => let x := number_interval bits xs (snd t) in (x, x)) terms) c []
    (offset_in xs (nth c bs []) (situation_in c) terms).
  Proof.
    intros s L S N. unfold later. cbn [fold_left fst snd]. set (q := situation_in c). set (b := nth c bs []) in *.
    generalize terms as ts. induction ts as [|[n e] ts IH].
    - exists [], 0. split; [constructor|]. split; [apply I.fromZ_correct|]. cbn. ring.
    - destruct IH as (uvs & g & U & G & E). cbn [map off offset_in snd]. unfold limit_at.
      destruct (index_of n (registers prf)) as [i|] eqn:X.
      + exists ((val e, val e) :: uvs), g. split; [constructor; [|exact U]; split; now apply number_contains|].
        split; [exact G|]. cbn [reading]. rewrite X, E. ring.
      + exists ((val e, val e) :: uvs), (val e * (nth n s 0 - val (limit_of net prf q n)) + g).
        split; [constructor; [|exact U]; split; now apply number_contains|]. split.
        * apply add_contains; [|exact G]. apply mul_contains; [now apply (number_contains net bits xs known)|].
          apply sub_contains; [|now apply (number_contains net bits xs known)].
          destruct S as [_ S]. destruct (nth_error b n) as [x|] eqn:Z.
          -- rewrite (nth_error_nth _ _ _ Z). now apply S.
          -- apply nth_error_None in Z. rewrite nth_overflow by exact Z. apply anything.
        * cbn [reading]. rewrite X, E. ring.
  Qed.

  (** * One step back *)

  Lemma subset_encloses x y r : I.subset x y = true -> encloses x r -> encloses y r.
  Proof. intros S H. exact (I.subset_correct _ _ _ H S). Qed.

  Definition holds_more (p q : part) : Prop :=
    (forall r, encloses (snd (fst p)) r -> encloses (snd (fst q)) r) /\ (forall r, encloses (snd (snd p)) r -> encloses (snd (snd q)) r).

  Lemma covered_more ps : forall qs, covered ps qs = true -> Forall2 holds_more ps qs.
  Proof.
    induction ps as [|p ps IH]; intros [|q qs] H; cbn [covered] in H; try discriminate; constructor.
    - rewrite !andb_true_iff in H. destruct H as [[H1 H2] _]. split; intros r; now apply subset_encloses.
    - apply IH. now apply andb_true_iff in H.
  Qed.

  Lemma same_more ps : Forall2 holds_more ps ps.
  Proof. induction ps; constructor; [now split|assumption]. Qed.

  Section Edge.
    Variables (c w p : nat) (ps : list part) (fs : powers).
    Hypothesis is : edge_of xs on bs c w = Some (p, ps).
    Hypothesis fit : fits ps fs = true.
    Variables (s : list R) (L : nat -> R).
    Hypothesis here : holds k (nth c bs []) s.
    Hypothesis size : length s = length (initial net).
    Let q := situation_in c.
    Let s' := step reals_k net s w.
    Let L' := snd (advance net prf (q, L) w).

    Lemma edge_parts : (p < length contexts)%nat /\ situation_in p = next_situation prf q w
      /\ inside (step on net (nth c bs []) w) (nth p bs []) = true
      /\ all_parts (map (fun t => part_of xs (moves_of_step on net (nth c bs []) w) (move prf q w) (fst t)) terms) = Some ps.
    Proof.
      unfold edge_of in is. cbv zeta in is. fold (situation_in c) in is. fold q in is. destruct (nth_error _ w) as [p'|]; [|discriminate].
      destruct (_ && _) eqn:E in is; [|discriminate]. rewrite !andb_true_iff, Nat.ltb_lt, Nat.eqb_eq in E.
      destruct (all_parts _) eqn:F in is; [|discriminate]. injection is as -> ->. destruct E as [[E1 E2] E3]. auto.
    Qed.

    Lemma there : holds k (nth p bs []) s' /\ length s' = length (initial net).
    Proof.
      destruct edge_parts as (_ & _ & I & _). split.
      - apply (inside_holds k _ _ _ I). destruct (step_stands net on (means k) on_sound _ (fun _ => s) w here) as [M G].
        split; [intros _; apply (M (Q2R k))|]. exact G.
      - unfold s'. rewrite step_length; [exact size|exact shape|exact size].
    Qed.

    Lemma box_size : length (nth c bs []) = length (initial net).
    Proof. destruct here as [H _]. specialize (H 0). congruence. Qed.

    Lemma parts_add ts : forall ps qs fs us uvs,
      all_parts (map (fun t => part_of xs (moves_of_step on net (nth c bs []) w) (move prf q w) (fst t)) ts) = Some ps ->
      fits ps fs = true -> Forall2 holds_more ps qs -> in_powers us uvs ->
      exists uvs' h, in_powers (next_powers us fs) uvs' /\ encloses (gain us qs) h
        /\ reading uvs ts s' L' = reading uvs' ts s L + h.
    Proof.
      clear is fit. induction ts as [|[n e] ts IH]; intros ps0 qs0 fs0 us uvs P F Cv U; cbn [map all_parts fst] in P.
      - injection P as <-. destruct fs0; [|discriminate]. inversion Cv; subst. exists [], 0. unfold next_powers. destruct us as [|[] ?]; cbn [combine map gain];
          (split; [constructor|]; split; [apply I.fromZ_correct|]); destruct uvs as [|[] ?]; cbn; ring.
      - destruct (part_of _ _ _ n) as [pt|] eqn:PT; [|discriminate]. destruct (all_parts _) as [ps1|] eqn:PS in P; [|discriminate].
        injection P as <-. destruct fs0 as [|f fs1]; [discriminate|]. cbn [fits] in F. rewrite !andb_true_iff in F. destruct F as [[F1 F2] F3].
        inversion Cv as [|? qt ? qs1 [V1 V2] V3]; subst.
        destruct U as [|[x y] [u v] us uvs [X Y] U].
        + exists [], 0. split; [constructor|]. split; [apply I.fromZ_correct|]. cbn. ring.
        + destruct (IH ps1 qs1 fs1 us uvs PS F3 V3 U) as (uvs' & h & U' & H & E). cbn [fst snd] in X, Y.
          assert (K : exists a b a' b', encloses (fst (fst pt)) a /\ encloses (snd (fst pt)) b /\ encloses (fst (snd pt)) a' /\ encloses (snd (snd pt)) b'
            /\ match index_of n (registers prf) with
               | Some i => nth n s' 0 = a * nth n s 0 + b /\ L' i = a' * L i + b'
               | None => b = 0 /\ b' = 0
               end).
          { unfold part_of in PT. destruct (index_of n (registers prf)) as [i|].
            - destruct (nth_error (moves_of_step on net (nth c bs []) w) n) as [[[a b]|]|] eqn:M; try discriminate.
              destruct (nth i (move prf q w) ([], [])) as [a' b'] eqn:MV. injection PT as <-. cbn [fst snd].
              destruct (moves_stand net on (means k) on_sound shape _ (fun _ => s) w n a b here box_size M) as (fa & fb & MA & MB & Step).
              exists (fa (Q2R k)), (fb (Q2R k)), (val a'), (val b'). destruct (Step (Q2R k)) as [_ St].
              repeat split; try assumption; try (now apply (number_contains net bits xs known)).
              unfold L', advance. cbn [fst snd]. now rewrite MV.
            - injection PT as <-. cbn [fst snd]. exists 0, 0, 0, 0. repeat split; apply I.fromZ_correct. }
          destruct K as (a & b & a' & b' & A1 & B1 & A2 & B2 & K).
          exists ((u * a, v * a') :: uvs'), (u * b - v * b' + h). split; [|split].
          * unfold next_powers. cbn [combine map fst snd]. constructor; [|exact U']. cbn [fst snd].
            split; apply mul_contains; try assumption; [now apply (subset_encloses _ _ _ F1)|now apply (subset_encloses _ _ _ F2)].
          * cbn [gain]. apply add_contains; [|exact H].
            apply sub_contains; apply mul_contains; try assumption; [exact (V1 _ B1)|exact (V2 _ B2)].
          * cbn [reading]. rewrite E. destruct (index_of n (registers prf)) as [i|].
            -- destruct K as [-> ->]. ring.
            -- destruct K as [-> ->]. ring.
    Qed.
  End Edge.

  Lemma edge_adds c w p ps qs fs us words X : edge_of xs on bs c w = Some (p, ps) -> fits ps fs = true -> Forall2 holds_more ps qs ->
    adds us p words X -> adds (next_powers us fs) c (w :: words) (I.add prec (gain us qs) X).
  Proof.
    intros E F Cv H s L S N. destruct (edge_parts c w p ps E) as (P & Q & I & PS). destruct (there c w p ps E s S N) as [S' N'].
    destruct (H _ (snd (advance net prf (situation_in c, L) w)) S' N') as (uvs & g & U & G & Eq).
    destruct (parts_add c w s L S N terms ps qs fs us uvs PS F Cv U) as (uvs' & h & U' & Hh & R).
    exists uvs', (h + g). split; [exact U'|]. split; [now apply add_contains|].
    unfold later in *. cbn [fold_left]. rewrite R in Eq. rewrite Q in Eq.
    change (advance net prf (situation_in c, L) w) with (next_situation prf (situation_in c) w, snd (advance net prf (situation_in c, L) w)).
    unfold reals_k in *. rewrite Eq. ring.
  Qed.

  (** * All steps back *)

  Lemma every_in zs : forall X w z, every zs = Some X -> nth_error zs w = Some z ->
    exists y, z = Some y /\ forall g, encloses y g -> encloses X g.
  Proof.
    induction zs as [|x zs IH]; intros X w z E N; [now destruct w|]. destruct zs as [|x' zs].
    - cbn in E. subst x. destruct w as [|[|w]]; cbn in N; try discriminate. injection N as <-. exists X. auto.
    - change (match x, every (x' :: zs) with Some x, Some y => Some (I.join x y) | _, _ => None end = Some X) in E.
      destruct x as [x|]; [|discriminate]. destruct (every (x' :: zs)) as [y|] eqn:Y; [|discriminate]. injection E as <-. destruct w as [|w]; cbn [nth_error] in N.
      + injection N as <-. exists x. split; [reflexivity|]. intros g. apply join_left.
      + destruct (IH y w z eq_refl N) as (v & V & G). exists v. split; [exact V|]. intros g H. apply join_right. now apply G.
  Qed.

  Lemma chosen_in side zs X : chosen side zs = Some X -> In X zs.
  Proof.
    revert X. induction zs as [|x zs IH]; intros X E; cbn [chosen] in E; [discriminate|]. injection E as <-.
    destruct (chosen side zs) as [y|]; [|now left]. specialize (IH y eq_refl). unfold choose.
    destruct (I.sign_strict (I.sub prec x y)), side; ((now left) || now right).
  Qed.

  Lemma attained_in pick rs gs X : In X (attained pick rs gs) ->
    exists w p g x, nth_error gs w = Some (Some (p, g)) /\ pick (nth p rs unknown) = Some x /\ X = I.add prec g x.
  Proof.
    induction gs as [|[[p g]|] gs IH]; cbn [attained]; [intros []| |].
    - destruct (pick (nth p rs unknown)) as [x|] eqn:P.
      + intros [<-|J]; [exists 0%nat, p, g, x; auto|]. destruct (IH J) as (w & E). exists (S w). exact E.
      + intros J. destruct (IH J) as (w & E). exists (S w). exact E.
    - intros J. destruct (IH J) as (w & E). exists (S w). exact E.
  Qed.

  Lemma nth_map_seq {T} (f : nat -> T) d n c : (c < n)%nat -> nth c (map f (seq 0 n)) d = f c.
  Proof. intros H. rewrite (nth_indep _ d (f 0%nat)) by now rewrite map_length, seq_length. rewrite map_nth, seq_nth; auto. Qed.

  Lemma combine_seq {T} (f : nat -> T) n : combine (seq 0 n) (map f (seq 0 n)) = map (fun c => (c, f c)) (seq 0 n).
  Proof. generalize 0%nat. induction n as [|n IH]; intros m; cbn; [reflexivity|]. now rewrite IH. Qed.

  Let width := length (vocabulary net).
  Let count := length contexts.
  Definition row (c : nat) : list edge := map (edge_of xs on bs c) (seq 0 width).
  Definition rows : list (list edge) := map row (seq 0 count).

  Variables (fs : powers) (levels : list (list nat)) (shortest longest : nat) (lower upper : Q).
  Hypothesis fit : forall c w p ps, (c < count)%nat -> (w < width)%nat -> edge_of xs on bs c w = Some (p, ps) -> fits ps fs = true.
  Definition finals : list I.type := map (fun cb => offset_in xs (snd cb) (in_situation (fst cb)) terms) (combine contexts bs).
  Definition state_at : nat -> state :=
    backwards xs rows fs levels finals shortest longest (interval_of prec lower) (interval_of prec upper).

  Definition start_limits (i : nat) : R := val (nth (nth i (registers prf) 0%nat) (initial net) []).
  Definition error_of (words : list nat) : R := later words (map (number net) (initial net)) 0 start_limits.

  Hypothesis first_situation : situation_in 0 = 0%nat.
  Hypothesis first_box : holds k (nth 0 bs []) (map (number net) (initial net)).

  Definition good (n : nat) (s : state) : Prop :=
    (forall c words X, fst (nth c (ahead s) unknown) = Some X -> all_valid net words -> length words = n -> adds (now s) c words X)
    /\ (forall c X, high (nth c (ahead s) unknown) = Some X \/ low (nth c (ahead s) unknown) = Some X ->
        exists words, all_valid net words /\ length words = n /\ adds (now s) c words X).

  Lemma start_gain_holds us uvs ts : in_powers us uvs ->
    encloses (start_gain xs us ts) (reading uvs ts (map (number net) (initial net)) start_limits).
  Proof.
    intros U. revert ts. induction U as [|[x y] [u v] us uvs [X Y] U IH]; intros [|[n c] ts]; cbn [start_gain reading]; try apply I.fromZ_correct.
    cbn [fst snd] in X, Y. destruct (index_of n (registers prf)) as [i|] eqn:E; [|rewrite Rplus_0_l; apply IH].
    cbv zeta. apply add_contains; [|apply IH]. pose proof (number_contains net bits xs known (nth n (initial net) [])) as N.
    unfold start_limits. rewrite (nth_error_nth _ _ _ (index_of_nth _ _ _ E)). change 0 with (number net []). rewrite map_nth.
    fold A in N. apply sub_contains; apply mul_contains; assumption.
  Qed.

  (** Of words from the start: the interval that is compared holds the error. *)
  Lemma from_start us words X : adds us 0 words X -> encloses (I.add prec (start_gain xs us terms) X) (error_of words).
  Proof.
    intros H. destruct (H _ start_limits first_box) as (uvs & g & U & G & E); [now rewrite map_length|].
    unfold error_of. rewrite first_situation in E. rewrite E. apply add_contains; [now apply start_gain_holds|exact G].
  Qed.

  Lemma row_nth c w : (w < width)%nat -> nth_error (row c) w = Some (edge_of xs on bs c w).
  Proof.
    intros W. unfold row. erewrite map_nth_error; [reflexivity|]. rewrite (nth_error_nth' _ 0%nat) by now rewrite seq_length.
    now rewrite seq_nth.
  Qed.

  Lemma row_some c w e : nth_error (row c) w = Some e -> (w < width)%nat /\ e = edge_of xs on bs c w.
  Proof.
    intros N. assert (W : (w < width)%nat).
    { rewrite <- (seq_length width 0), <- (map_length (edge_of xs on bs c)). apply nth_error_Some. unfold row in N. congruence. }
    split; [exact W|]. rewrite row_nth in N by exact W. congruence.
  Qed.

  Lemma gains_length us es : forall taken, length (gains us taken es) = length es.
  Proof. induction es as [|[[p ps]|] es IH]; intros taken; cbn [gains length]; [reflexivity| |]; now rewrite IH. Qed.

  Definition taken_ok (us : powers) (taken : option (list part * I.type)) : Prop :=
    match taken with Some (qs, g) => g = gain us qs | None => True end.

  Lemma gains_are us es : forall taken, taken_ok us taken -> forall w g, nth_error (gains us taken es) w = Some g ->
    exists e, nth_error es w = Some e /\
      match e with Some (p, ps) => exists qs, Forall2 holds_more ps qs /\ g = Some (p, gain us qs) | None => g = None end.
  Proof.
    induction es as [|[[p ps]|] es IH]; intros taken T w g N; cbn [gains] in N; [now destruct w| |].
    - set (used := match taken with Some _ => _ | None => _ end) in N.
      assert (U : Forall2 holds_more ps (fst used) /\ snd used = gain us (fst used)).
      { unfold used. destruct taken as [[qs h]|]; [destruct (covered ps qs) eqn:Cv|]; cbn [fst snd]; (split; [|reflexivity || exact T]);
          [now apply covered_more| |]; apply same_more. }
      destruct w as [|w]; cbn [nth_error] in N.
      + injection N as <-. exists (Some (p, ps)). split; [reflexivity|]. exists (fst used). split; [apply U|]. now rewrite (proj2 U).
      + refine (IH (Some used) _ w g N). unfold taken_ok. destruct used. apply U.
    - destruct w as [|w]; cbn [nth_error] in N; [injection N as <-; now exists None|]. exact (IH taken T w g N).
  Qed.

  Lemma good_step n s c : (c < count)%nat -> good n s ->
    let r := earlier (now s) (ahead s) (row c) in
    (forall words X, fst r = Some X -> all_valid net words -> length words = S n -> adds (next_powers (now s) fs) c words X)
    /\ (forall X, high r = Some X \/ low r = Some X ->
        exists words, all_valid net words /\ length words = S n /\ adds (next_powers (now s) fs) c words X).
  Proof.
    intros C [G1 G2]. unfold earlier. cbn [high low fst snd]. set (gs := gains (now s) None (row c)).
    assert (GS : forall w g, nth_error gs w = Some g -> (w < width)%nat /\
      match edge_of xs on bs c w with
      | Some (p, ps) => exists qs, Forall2 holds_more ps qs /\ g = Some (p, gain (now s) qs)
      | None => g = None
      end).
    { intros w g N. destruct (gains_are (now s) (row c) None I w g N) as (e & R & K).
      apply row_some in R. destruct R as [W ->]. split; [exact W|]. exact K. }
    split.
    - intros [|w words] X E V N; [discriminate|]. assert (W : (w < width)%nat) by (apply V; now left).
      destruct (nth_error gs w) as [g|] eqn:Z.
      2: { exfalso. apply nth_error_None in Z. unfold gs in Z. rewrite gains_length in Z. unfold row in Z.
           rewrite map_length, seq_length in Z. lia. }
      destruct (GS w g Z) as [_ K]. apply (map_nth_error (with_ahead (ahead s))) in Z.
      destruct (every_in _ _ _ _ E Z) as (y & Y & M). destruct (edge_of xs on bs c w) as [[p ps]|] eqn:Ed; [|subst g; discriminate].
      destruct K as (qs & Cv & ->). cbn [with_ahead] in Y. destruct (fst (nth p (ahead s) unknown)) as [x|] eqn:P; [|discriminate].
      injection Y as <-. apply (adds_more _ _ _ _ X (edge_adds c w p ps qs fs (now s) words x Ed (fit c w p ps C W Ed) Cv
        (G1 p words x P (fun v J => V v (or_intror J)) ltac:(now injection N)))). exact M.
    - intros X E.
      assert (K : forall pick, (forall p x, pick (nth p (ahead s) unknown) = Some x ->
          exists words, all_valid net words /\ length words = n /\ adds (now s) p words x) ->
        In X (attained pick (ahead s) gs) -> exists words, all_valid net words /\ length words = S n /\ adds (next_powers (now s) fs) c words X).
      { intros pick Hp J. destruct (attained_in _ _ _ _ J) as (w & p & g & x & N & P & ->). destruct (GS w _ N) as [W Eg].
        destruct (edge_of xs on bs c w) as [[p' ps]|] eqn:Ed; [|discriminate]. destruct Eg as (qs & Cv & [= -> ->]).
        destruct (Hp p' x P) as (words & V & Ln & Ad). exists (w :: words). split; [|split].
        - intros v [<-|Jv]; [exact W|now apply V].
        - cbn. congruence.
        - exact (edge_adds c w p' ps qs fs (now s) words x Ed (fit c w p' ps C W Ed) Cv Ad). }
      destruct E as [E|E]; apply chosen_in in E; [apply (K high)|apply (K low)]; try exact E; intros p x P; apply (G2 p x); auto.
  Qed.

  Lemma always_good n : good n (state_at n).
  Proof.
    induction n as [|n IH]; unfold state_at; cbn [backwards].
    - assert (F : forall c, nth c (map (fun x : I.type => (Some x, (Some x, Some x)) : reach) finals) unknown =
        if (c <? count)%nat then let x := offset_in xs (nth c bs []) (situation_in c) terms in (Some x, (Some x, Some x)) else unknown).
      { intros c. destruct (Nat.ltb_spec c count) as [L|L].
        - unfold finals. rewrite map_map. assert (E : length bs = length contexts) by apply map_length.
          rewrite (nth_indep _ unknown ((fun cb => (Some (offset_in xs (snd cb) (in_situation (fst cb)) terms),
            (Some (offset_in xs (snd cb) (in_situation (fst cb)) terms), Some (offset_in xs (snd cb) (in_situation (fst cb)) terms))) : reach) (missing, []))).
          2: { rewrite map_length, combine_length. unfold count in L. lia. }
          rewrite (map_nth (fun cb => (Some (offset_in xs (snd cb) (in_situation (fst cb)) terms),
            (Some (offset_in xs (snd cb) (in_situation (fst cb)) terms), Some (offset_in xs (snd cb) (in_situation (fst cb)) terms))) : reach)).
          rewrite combine_nth by (symmetry; exact E). reflexivity.
        - apply nth_overflow. unfold finals. rewrite !map_length, combine_length. unfold count in L. lia. }
      split; cbn [now ahead].
      + intros c words X E V N. destruct words; [|discriminate]. rewrite F in E. destruct (c <? count)%nat; [|discriminate].
        injection E as <-. apply final_adds.
      + intros c X E. rewrite F in E. exists []. split; [now intros v J|]. split; [reflexivity|].
        destruct (c <? count)%nat; [|destruct E; discriminate]. destruct E as [[= <-]|[= <-]]; apply final_adds.
    - fold state_at. set (s := state_at n) in *.
      assert (F : forall c, exists b : bool, nth c (map (fun ce => if existsb (Nat.eqb (fst ce)) (nth (longest - S n) levels []) then earlier (now s) (ahead s) (snd ce) else unknown)
        (combine (seq 0 count) rows)) unknown = if b && (c <? count)%nat then earlier (now s) (ahead s) (row c) else unknown).
      { intros c. unfold rows. rewrite combine_seq, map_map. cbn [fst snd]. destruct (Nat.ltb_spec c count) as [L|L].
        - rewrite nth_map_seq by exact L. exists (existsb (Nat.eqb c) (nth (longest - S n) levels [])). now rewrite andb_true_r.
        - exists false. apply nth_overflow. now rewrite map_length, seq_length. }
      split; cbn [now ahead].
      + intros c words X E V N. destruct (F c) as (b & Fc). fold count in E. rewrite Fc in E. destruct (b && (c <? count)%nat) eqn:B; [|discriminate].
        apply andb_true_iff in B. destruct B as [_ B]. apply Nat.ltb_lt in B. now apply (proj1 (good_step n s c B IH) words X E V).
      + intros c X E. destruct (F c) as (b & Fc). fold count in E. rewrite Fc in E. destruct (b && (c <? count)%nat) eqn:B; [|destruct E; discriminate].
        apply andb_true_iff in B. destruct B as [_ B]. apply Nat.ltb_lt in B. now apply (proj2 (good_step n s c B IH) X E).
  Qed.

  (** * The bounds *)

  Lemma bounds_hold n :
    (upper_ok (state_at n) = true -> forall words, all_valid net words -> (shortest <= length words <= n)%nat -> (1 <= length words)%nat ->
      Rabs (error_of words) <= Q2R upper)
    /\ (lower_ok (state_at n) = true -> exists words, all_valid net words /\ (shortest <= length words <= n)%nat /\ Q2R lower <= Rabs (error_of words)).
  Proof.
    induction n as [|n [IHu IHl]].
    - split; [intros _ words V [_ L] P; lia|discriminate].
    - pose proof (always_good (S n)) as [G1 G2]. unfold state_at in *. cbn [backwards upper_ok lower_ok now ahead] in *.
      set (s := backwards _ _ _ _ _ _ _ _ _ n) in *. set (us := next_powers (now s) fs) in *.
      match goal with |- context [nth 0 (map ?f (combine ?a ?b)) unknown] => set (rs := map f (combine a b)) in * end.
      split.
      + rewrite andb_true_iff. intros [U B] words V L P. destruct (Nat.eq_dec (length words) (S n)) as [N|N].
        * assert (M : (shortest <=? S n)%nat = true) by (apply Nat.leb_le; lia). rewrite M in B. cbn [negb orb] in B.
          destruct (fst (nth 0 rs unknown)) as [x|] eqn:X; [|discriminate]. unfold within_bound in B. apply andb_true_iff in B.
          destruct B as [B1 B2]. pose proof (from_start us words x (G1 0%nat words x X V N)) as E.
          pose proof (interval_of_contains prec upper) as Up. pose proof (I.neg_correct _ _ Up) as Ne. cbn in Ne.
          apply (never_below_ok bits _ _ _ _ B1 Up) in E as H1. apply (never_below_ok bits _ _ _ _ B2 E) in Ne. apply Rabs_le. lra.
        * apply IHu; [exact U|exact V|lia|exact P].
      + rewrite orb_true_iff, andb_true_iff, Nat.leb_le. intros [H|[M B]].
        * destruct (IHl H) as (words & V & L & E). exists words. split; [exact V|]. split; [lia|exact E].
        * unfold beyond_bound in B. rewrite orb_true_iff in B. pose proof (interval_of_contains prec lower) as Lo.
          destruct B as [B|B].
          -- destruct (high (nth 0 rs unknown)) as [x|] eqn:X; [|discriminate].
             destruct (G2 0%nat x (or_introl X)) as (words & V & N & Ad). pose proof (from_start us words x Ad) as E.
             exists words. split; [exact V|]. split; [lia|]. apply (never_below_ok bits _ _ _ _ B E) in Lo.
             pose proof (Rle_abs (error_of words)). lra.
          -- destruct (low (nth 0 rs unknown)) as [x|] eqn:X; [|discriminate].
             destruct (G2 0%nat x (or_intror X)) as (words & V & N & Ad). pose proof (from_start us words x Ad) as E.
             exists words. split; [exact V|]. split; [lia|]. pose proof (I.neg_correct _ _ Lo) as Ne. cbn in Ne.
             apply (never_below_ok bits _ _ _ _ B Ne) in E. pose proof (Rle_abs (- error_of words)) as H. rewrite Rabs_Ropp in H. lra.
  Qed.
End Check.

Theorem check_largest_error net terms delay wa k prf contexts arguments precision shortest longest lower upper :
  largest_error_ok net terms delay wa prf k contexts arguments precision shortest longest lower upper = true ->
  largest_error net terms delay wa k shortest longest lower upper.
Proof.
  unfold largest_error_ok. cbv zeta. rewrite !andb_true_iff. intros [[[[[[[[C P] D] S0] N] B] F] U] L].
  pose proof C as C'. unfold computes_ok in C'. rewrite !andb_true_iff in C'. destruct C' as [[[[O I] _] _] _].
  assert (Sh : shaped net = true) by (unfold invariant_ok in I; rewrite !andb_true_iff in I; tauto).
  apply N.leb_le in P. apply Nat.leb_le in D. apply Nat.eqb_eq in S0.
  set (xs := atom_intervals (F.PtoP precision) (atoms net) []) in *.
  set (used := flat_map _ _) in *. set (fs := fold_right join_factors [] used) in *.
  assert (Fit : forall c w p ps, (c < length contexts)%nat -> (w < length (vocabulary net))%nat ->
    edge_of net terms prf contexts precision xs (tabled precision xs (interval_of (F.PtoP precision) k) (known_sigmoids arguments precision))
      (boxes contexts precision) c w = Some (p, ps) -> fits ps fs = true).
  { intros c w p ps Lc Lw E. rewrite forallb_forall in F. apply F. unfold used. apply in_flat_map.
    exists (map (edge_of net terms prf contexts precision xs (tabled precision xs (interval_of (F.PtoP precision) k) (known_sigmoids arguments precision))
      (boxes contexts precision) c) (seq 0 (length (vocabulary net)))). split; [apply in_map_iff; exists c; split; [reflexivity|apply in_seq; lia]|].
    apply in_flat_map. exists (Some (p, ps)). split; [|now left]. apply in_map_iff. exists w. split; [exact E|apply in_seq; lia]. }
  assert (B0 : holds k (nth 0 (boxes contexts precision) []) (map (number net) (initial net))).
  { apply (inside_holds k _ _ _ B). apply start_holds. }
  pose proof (bounds_hold net terms prf k contexts arguments precision Sh fs
    (levels_after contexts (shortest <? longest)%N [0%nat] (N.to_nat longest)) (N.to_nat shortest) (N.to_nat longest) lower upper Fit S0 B0 (N.to_nat longest)) as [Hu Hl].
  assert (Er : forall words, all_valid net words -> (N.to_nat shortest <= length words)%nat ->
    error_of net terms prf k words = read net terms (run net (Q2R k) words) - specified wa (firstn (length words - delay) words)).
  { intros words V W. unfold error_of, later. cbv zeta. rewrite (off_is net prf O).
    rewrite <- (computes_limit net terms delay wa prf C words V); [reflexivity|lia|lia]. }
  unfold largest_error. cbv zeta. split; [|split].
  - split; [exact P|exact D].
  - intros words [V W]. rewrite <- Er by (exact V || lia). apply Hu; [exact U|exact V|lia|lia].
  - intros G. rewrite orb_true_iff in L. destruct L as [L|L].
    + apply Qle_bool_iff, Qle_Rle in L. rewrite RMicromega.Q2R_0 in L. lra.
    + destruct (Hl L) as (words & V & W & E). exists words. split; [now split|]. now rewrite <- Er by (exact V || lia).
Qed.
