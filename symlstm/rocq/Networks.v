(** The checker: a table of situations, an invariant over words; limits of the readout compared with an automaton. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import Reals Lra Lia List QArith Qreals ZArith.
From Symlstm Require Import Definitions Constants Limits Steps Known.
Import ListNotations.
Local Open Scope R_scope.

(** Entries of vectors, on which words act linearly.  After some words, in situation q: [One q] is 1, [Reg q i] the limit
    of the i-th register, and [Lag l j] entry j of the specification's row vector without the last l words. *)
Inductive key : Set := One (q : nat) | Reg (q i : nat) | Lag (l j : nat).

Definition vector : Set := list (key * constant).

Record proof : Set := {
  registers : list nat;
  situations : list (list (nat * (constant * option constant)));  (* coordinate, main, error; none: it is main itself *)
  steps : list (list nat);
  moves : list (list (list (constant * constant)));  (* limits of A and B in r' = A r + B, for each register *)
  levels : list (list vector);
  images : list (list (list (constant * list (nat * constant)))) }.

Section Checker.
  Variables (net : network) (terms : list (nat * constant)) (delay : nat) (wa : automaton) (prf : proof) (ctx : context).

  Let table := atoms net.
  Let cs := calculus_of ctx table.
  Let width := length (vocabulary net).

  Definition box (q : nat) : list (nat * (constant * option constant)) := nth q (situations prf) [].

  Fixpoint lookup (n : nat) (b : list (nat * (constant * option constant))) : known :=
    match b with
    | [] => Unknown
    | (m, (main, err)) :: b =>
        if Nat.eqb n m then match err with Some err => Near (Bound [] main [] err) | None => Exact ([], main) end
        else lookup n b
    end.

  Definition known_in (q : nat) : list known := map (fun n => lookup n (box q)) (seq 0 (length (initial net))).
  Definition known_at (q n : nat) : known := if (n <? length (initial net))%nat then lookup n (box q) else Unknown.

  (** Whether a value lies within main +- error. *)
  Definition inside (o : known) (main : constant) (err : option constant) : bool :=
    match err, o, bound_known o with
    | None, Exact w, _ => is_zero (fst w) && equal (snd w) main
    | Some err, _, Some x =>
        flat x && match absolute cs (minus (offset x) main) with
                  | None => false
                  | Some gap => is_nonnegative cs (minus err (plus gap (error x)))
                  end
    | _, _, _ => false
    end.

  Definition all_inside (state : list known) (q : nat) : bool :=
    forallb (fun entry => inside (nth (fst entry) state Unknown) (fst (snd entry)) (snd (snd entry))) (box q).

  Definition start_known : list known := map (fun c => Exact ([], c)) (initial net).

  Definition next_situation (q word : nat) : nat := nth word (nth q (steps prf) []) 0%nat.
  Definition move (q word : nat) : list (constant * constant) := nth word (nth q (moves prf) []) [].

  Definition known_exactly (o : known) (c : constant) : bool :=
    match bound_known o with Some x => is_exact x && equal (offset x) c | None => false end.

  (** A register r has r' = A r + B with these limits of A and B. *)
  Definition register_ok (found : list (option (known * known))) (entry : nat * (constant * constant)) : bool :=
    match nth_error found (fst entry) with
    | Some (Some (a, b)) => known_exactly a (fst (snd entry)) && known_exactly b (snd (snd entry))
    | _ => false
    end.

  Definition transition_ok (q word : nat) : bool :=
    let state := known_in q in
    (next_situation q word <? length (situations prf))%nat
    && match box (next_situation q word) with
       | [] => true
       | _ => all_inside (step (limits cs (fun _ => true)) net state word) (next_situation q word)
       end
    && Nat.eqb (length (move q word)) (length (registers prf))
    && match registers prf with
       | [] => true
       | _ => forallb (register_ok (moves_of_step (limits cs (fun _ => true)) net state word)) (combine (registers prf) (move q word))
       end.

  Definition invariant_ok : bool :=
    shaped net && (0 <? length (situations prf))%nat
    && all_inside start_known 0
    && forallb (fun q => forallb (transition_ok q) (seq 0 width)) (seq 0 (length (situations prf))).

  (** * Vectors *)

  Definition image (word : nat) (x : key) : vector :=
    match x with
    | One q =>
        let p := next_situation q word in
        (One p, one)
        :: map (fun i => (Reg p i, snd (nth i (move q word) ([], [])))) (seq 0 (length (registers prf)))
    | Reg q i =>
        match nth_error (move q word) i with Some (a, _) => [(Reg (next_situation q word) i, a)] | None => [] end
    | Lag l j =>
        (if (l <? delay)%nat then [(Lag (S l) j, one)] else [])
        ++ (if (l =? 0)%nat
            then map (fun i => (Lag 0 i, rational (nth i (nth j (nth word (matrices wa) []) []) 0%Q))) (seq 0 (size wa))
            else [])
    end.

  Definition scaled_by (c : constant) (v : vector) : vector := map (fun e => (fst e, times c (snd e))) v.

  Definition after (word : nat) (v : vector) : vector := flat_map (fun e => scaled_by (snd e) (image word (fst e))) v.

  Definition start : vector :=
    (One 0, one)
    :: map (fun i => (Reg 0 i, nth (nth i (registers prf) 0%nat) (initial net) [])) (seq 0 (length (registers prf)))
    ++ map (fun j => (Lag 0 j, rational (nth j (first wa) 0%Q))) (seq 0 (size wa)).

  Definition key_eqb (x y : key) : bool :=
    match x, y with
    | One q, One p => Nat.eqb q p
    | Reg q i, Reg p j => Nat.eqb q p && Nat.eqb i j
    | Lag l i, Lag m j => Nat.eqb l m && Nat.eqb i j
    | _, _ => false
    end.

  Fixpoint collect_one (x : key) (c : constant) (v : vector) : vector :=
    match v with
    | [] => [(x, c)]
    | (y, e) :: v => if key_eqb x y then (y, plus c e) :: v else (y, e) :: collect_one x c v
    end.

  Fixpoint collect (v : vector) : vector := match v with [] => [] | (x, c) :: v => collect_one x c (collect v) end.

  Definition null (v : vector) : bool := forallb (fun e => is_zero (snd e)) (collect v).

  Definition minus_vector (v w : vector) : vector := v ++ scaled_by (rational (-1)) w.

  Definition combination (later : list vector) (cs : list (nat * constant)) : vector :=
    flat_map (fun ic => scaled_by (snd ic) (nth (fst ic) later [])) cs.

  Definition is_nonzero (c : constant) : bool := match sign ctx c with Some Gt | Some Lt => true | _ => false end.

  Definition image_ok (later : list vector) (v : vector) (word : nat) (row : list (constant * list (nat * constant))) : bool :=
    match nth_error row word with
    | None => false
    | Some (m, cs) => is_nonzero m && null (minus_vector (scaled_by m (after word v)) (combination later cs))
    end.

  Definition level_ok (n : nat) (later : list vector) : bool :=
    forallb (fun vr => forallb (fun word => image_ok later (fst vr) word (snd vr)) (seq 0 width))
            (combine (nth n (levels prf) []) (nth n (images prf) []))
    && (length (nth n (levels prf) []) <=? length (nth n (images prf) []))%nat.

  Definition earliest : nat := Nat.max 1 delay.

  Definition span_ok : bool :=
    match nth 0 (levels prf) [] with v :: _ => null (minus_vector start v) | [] => false end
    && forallb (fun n => level_ok n (nth (S n) (levels prf) [])) (seq 0 earliest)
    && level_ok earliest (nth earliest (levels prf) []).

  (** * The readout and the specification as linear forms *)

  Fixpoint index_of (n : nat) (rs : list nat) : option nat :=
    match rs with [] => None | r :: rs => if Nat.eqb n r then Some O else option_map S (index_of n rs) end.

  Definition limit_of (q n : nat) : constant :=
    match bound_known (known_at q n) with Some x => offset x | None => [] end.

  Fixpoint limit_form (ts : list (nat * constant)) (x : key) : constant :=
    match ts with
    | [] => []
    | (n, c) :: ts =>
        let own := match x, index_of n (registers prf) with
                   | One q, None => times c (limit_of q n)
                   | Reg _ i, Some j => if Nat.eqb i j then c else []
                   | _, _ => []
                   end in
        plus own (limit_form ts x)
    end.

  Definition readable (q : nat) : bool :=
    forallb (fun t => match index_of (fst t) (registers prf), bound_known (known_at q (fst t)) with
                      | Some _, _ => true
                      | None, Some x => is_exact x
                      | None, None => false
                      end) terms.

  Definition specified_form (x : key) : constant :=
    match x with
    | Lag l j => if (l =? delay)%nat && (j <? size wa)%nat then rational (nth j (final wa) 0%Q) else []
    | _ => []
    end.

  Definition form_value (form : key -> constant) (v : vector) : constant :=
    fold_right (fun e total => plus (times (snd e) (form (fst e))) total) [] v.

  Definition agree (v : vector) : bool := equal (form_value (limit_form terms) v) (form_value specified_form v).

  Definition atoms_ok : bool := table_ok ctx 0 table.

  Definition computes_ok : bool :=
    atoms_ok && invariant_ok && span_ok
    && forallb readable (seq 0 (length (situations prf)))
    && forallb agree (nth earliest (levels prf) []).

  Definition valid (words : list nat) : bool := forallb (fun w => (w <? width)%nat) words.
  Definition vector_after (words : list nat) : vector := fold_left (fun v w => collect (after w v)) words start.
  Definition situation_after (words : list nat) : nat := fold_left next_situation words 0%nat.

  Definition limit_ok (words : list nat) (limit : constant) : bool :=
    readable (situation_after words) && equal (form_value (limit_form terms) (vector_after words)) limit.

  Definition counterexample_ok (words : list nat) (limit other : constant) : bool :=
    atoms_ok && invariant_ok && valid words && (1 <=? length words)%nat && (delay <=? length words)%nat
    && limit_ok words limit && equal (form_value specified_form (vector_after words)) other
    && is_nonzero (minus limit other).

  Definition trace_ok (words : list nat) (limits : list constant) : bool :=
    atoms_ok && invariant_ok && valid words && Nat.eqb (length limits) (length words)
    && forallb (fun t => limit_ok (firstn t words) (nth (t - 1) limits [])) (seq 1 (length words)).
End Checker.
