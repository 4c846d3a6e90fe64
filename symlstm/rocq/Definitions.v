(** What the theorems say.  This page is all that has to be read to know what has been proved about a network. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import String Reals ZArith QArith Qreals List.
Import ListNotations.
Local Open Scope R_scope.

Definition sigmoid (x : R) : R := / (1 + exp (- x)).  (* tanh is the standard library's *)

(** Constants: sums of rational * product of powers of atoms; atom n of a table is tanh of its n-th entry,
    a constant in the atoms before it. *)

Definition product : Set := list (nat * Z).  (* atom, power *)
Definition constant : Set := list (Q * product).

Fixpoint product_value (atoms : list R) (p : product) : R :=
  match p with [] => 1 | (n, z) :: p => powerRZ (nth n atoms 1) z * product_value atoms p end.

Fixpoint value (atoms : list R) (c : constant) : R :=
  match c with [] => 0 | (q, p) :: c => Q2R q * product_value atoms p + value atoms c end.

Fixpoint atom_values (table : list constant) (known : list R) : list R :=
  match table with [] => known | c :: table => atom_values table (known ++ [tanh (value known c)]) end.

(** Networks: one layer under PyTorch's names, an LSTM's gates stacked i, f, g, o.  A weight (a, b) is a k + b at
    scale k.  Words are numbers, the places in the vocabulary, and enter one-hot: W_ih x is a column of W_ih. *)

Inductive kind : Set := LSTM | RNN_sigmoid | RNN_tanh.

Definition weight : Set := constant * constant.

Record network : Set := {
  cell : kind;
  vocabulary : list string;
  atoms : list constant;
  weight_ih : list (list weight);
  weight_hh : list (list weight);
  bias_ih : list weight;
  bias_hh : list weight;
  h0 : list constant;
  c0 : list constant }.

Section Run.
  Variables (net : network) (k : R).

  Definition number (c : constant) : R := value (atom_values (atoms net) []) c.
  Definition scaled (w : weight) : R := number (fst w) * k + number (snd w).
  Definition hidden : nat := length (h0 net).

  (** A state gives coordinate j, h_(j+1) for j < hidden, and for an LSTM c_(j+1) as coordinate hidden + j. *)
  Fixpoint dot (ws : list weight) (state : nat -> R) (j : nat) : R :=
    match ws with [] => 0 | w :: ws => scaled w * state j + dot ws state (S j) end.

  Definition preactivation (word : nat) (state : nat -> R) (row : nat) : R :=
    scaled (nth word (nth row (weight_ih net) []) ([], [])) + scaled (nth row (bias_ih net) ([], []))
    + dot (nth row (weight_hh net) []) state 0 + scaled (nth row (bias_hh net) ([], [])).

  Definition lstm_cell (word : nat) (state : nat -> R) (j : nat) : R :=
    let i := sigmoid (preactivation word state j) in
    let f := sigmoid (preactivation word state (hidden + j)) in
    let g := tanh (preactivation word state (2 * hidden + j)) in
    f * state (hidden + j)%nat + i * g.

  Definition lstm_hidden (word : nat) (state : nat -> R) (j : nat) : R :=
    let o := sigmoid (preactivation word state (3 * hidden + j)) in
    o * tanh (lstm_cell word state j).

  Definition step (state : nat -> R) (word : nat) (n : nat) : R :=
    match cell net with
    | LSTM => if (n <? hidden)%nat then lstm_hidden word state n else lstm_cell word state (n - hidden)
    | RNN_sigmoid => sigmoid (preactivation word state n)
    | RNN_tanh => tanh (preactivation word state n)
    end.

  Definition initial (n : nat) : R := number (nth n (h0 net ++ c0 net) []).

  Definition run (words : list nat) : nat -> R := fold_left step words initial.

  (** The linear form sum coefficient * coordinate. *)
  Fixpoint read (terms : list (nat * constant)) (state : nat -> R) : R :=
    match terms with [] => 0 | (n, c) :: terms => number c * state n + read terms state end.
End Run.

(** Weighted automata: first . M(w_1) ... M(w_n) . final. *)

Record automaton : Set := { first : list Q; matrices : list (list (list Q)); final : list Q }.

Fixpoint total (n : nat) (f : nat -> R) : R := match n with O => 0 | S n => total n f + f n end.

Section Automaton.
  Variable wa : automaton.

  Definition entry (xs : list Q) (j : nat) : R := Q2R (nth j xs 0%Q).
  Definition size : nat := length (first wa).

  Definition next (row : nat -> R) (word : nat) (j : nat) : R :=
    total size (fun i => row i * entry (nth i (nth word (matrices wa) []) []) j).

  Definition row_after (words : list nat) : nat -> R := fold_left next words (entry (first wa)).

  Definition specified (words : list nat) : R := total size (fun j => row_after words j * entry (final wa) j).
End Automaton.

(** The statements. *)

Definition readout_tends_to (net : network) (terms : list (nat * constant)) (words : list nat) (limit : R) : Prop :=
  is_lim (fun k => read net terms (run net k words)) p_infty limit.

Definition computes (net : network) (terms : list (nat * constant)) (delay : nat) (wa : automaton) : Prop :=
  forall words, (forall w, In w words -> (w < length (vocabulary net))%nat) ->
  (1 <= length words)%nat -> (delay <= length words)%nat ->
  readout_tends_to net terms words (specified wa (firstn (length words - delay) words)).

Definition counterexample (net : network) (terms : list (nat * constant)) (delay : nat) (wa : automaton)
  (words : list nat) (limit value : constant) : Prop :=
  (forall w, In w words -> (w < length (vocabulary net))%nat) /\ (1 <= length words)%nat /\ (delay <= length words)%nat /\
  readout_tends_to net terms words (number net limit) /\
  specified wa (firstn (length words - delay) words) = number net value /\
  number net limit <> number net value.

Definition trace (net : network) (terms : list (nat * constant)) (words : list nat) (limits : list constant) : Prop :=
  length limits = length words /\
  forall t, (1 <= t <= length words)%nat ->
  readout_tends_to net terms (firstn t words) (number net (nth (t - 1) limits [])).

(** Errors as functions of the scale: the sum of A k^p e^(-l k) over the entries (p, (l, A)). *)

Definition error : Set := list (nat * (Q * Q)).

Fixpoint error_value (e : error) (k : R) : R :=
  match e with [] => 0 | (p, (l, A)) :: e => Q2R A * k ^ p * exp (- (Q2R l * k)) + error_value e k end.

Definition error_bounded (net : network) (terms : list (nat * constant)) (delay : nat) (wa : automaton)
  (k0 : Q) (quadratic linear constant : error) : Prop :=
  forall words k, (forall w, In w words -> (w < length (vocabulary net))%nat) ->
  (1 <= length words)%nat -> (delay <= length words)%nat -> Q2R k0 <= k ->
  let T := INR (length words) in
  Rabs (read net terms (run net k words) - specified wa (firstn (length words - delay) words))
  <= error_value quadratic k * T ^ 2 + error_value linear k * T + error_value constant k.

(** Tables of steps.  Situations are numbers; a row for each, in it the situation after each word; all starts in 0.
    A row of the table speaks of each step on its word from its situation: how far at scale k a signal is from a k + b. *)

Inductive signal : Set := Preactivation (row : nat) | Sigmoid (row : nat) | Tanh (row : nat) | Next (coordinate : nat).

Definition signal_value (net : network) (k : R) (state : nat -> R) (word : nat) (s : signal) : R :=
  match s with
  | Preactivation row => preactivation net k word state row
  | Sigmoid row => sigmoid (preactivation net k word state row)
  | Tanh row => tanh (preactivation net k word state row)
  | Next n => step net k state word n
  end.

Definition situation (leads : list (list nat)) (words : list nat) : nat :=
  fold_left (fun q word => nth word (nth q leads []) 0%nat) words 0%nat.

Definition step_table (net : network) (leads : list (list nat)) (k0 : Q)
  (rows : list (nat * nat * signal * weight * error)) : Prop :=
  forall words word k, (forall w, In w (words ++ [word]) -> (w < length (vocabulary net))%nat) -> Q2R k0 <= k ->
  forall s main e, In (situation leads words, word, s, main, e) rows ->
  Rabs (signal_value net k (run net k words) word s - scaled net k main) <= error_value e k.

(** Machines read words one at a time.  They are in a state, with rational numbers in registers; of the state's moves on a
    word the first is made whose tests all hold.  A form is constant + sum of coefficient * register. *)

Inductive relation : Set := Less | AtMost | Equals | Differs | AtLeast | Greater.

Definition test : Set := nat * (relation * Q).  (* register, relation, bound *)
Definition form : Set := Q * list (nat * Q).

Record move : Set := { tests : list test; target : nat; updates : list form }.  (* register j then holds form j *)

Record machine : Set := {
  initial_state : nat;
  initial_registers : list Q;
  moves_on : list (list (list move)) }.  (* for each word and each state *)

Definition configuration : Set := nat * list Q.  (* the state, the registers *)

Definition form_value (registers : list Q) (f : form) : Q :=
  fold_right (fun t s => snd t * nth (fst t) registers 0 + s)%Q (fst f) (snd f).

Definition compares (r : relation) (x bound : Q) : bool :=
  match r, (x ?= bound)%Q with
  | Less, Lt | AtMost, (Lt | Eq) | Equals, Eq | Differs, (Lt | Gt) | AtLeast, (Eq | Gt) | Greater, Gt => true
  | _, _ => false
  end.

Definition passes (registers : list Q) (t : test) : bool :=
  let '(j, (r, bound)) := t in compares r (nth j registers 0%Q) bound.

Definition all_pass (registers : list Q) (ts : list test) : bool := forallb (passes registers) ts.

Definition read_word (m : machine) (c : configuration) (word : nat) : configuration :=
  let (q, registers) := c in
  match find (fun move => all_pass registers (tests move)) (nth q (nth word (moves_on m) []) []) with
  | Some move => (target move, map (form_value registers) (updates move))
  | None => c
  end.

Definition configuration_after (m : machine) (words : list nat) : configuration :=
  fold_left (read_word m) words (initial_state m, initial_registers m).

(** For each state lists of tests, one of which must hold. *)
Definition acceptance : Set := list (list (list test)).

Definition says_yes (a : acceptance) (c : configuration) : bool := existsb (all_pass (snd c)) (nth (fst c) a []).

Definition accepts (m : machine) (a : acceptance) (words : list nat) : bool := says_yes a (configuration_after m words).

(** The words that are promised: all, or those that another machine accepts. *)
Definition promise : Set := option (machine * acceptance).

Definition promised (p : promise) (words : list nat) : bool :=
  match p with None => true | Some (m, a) => accepts m a words end.

(** The limit of the readout, or the readout at one scale k, is on the side of the threshold that the machine says. *)

Definition sides (m : machine) (a : acceptance) (words : list nat) (threshold x : R) : Prop :=
  if accepts m a words then threshold < x else x < threshold.

Definition decides (net : network) (terms : list (nat * constant)) (delay : nat) (m : machine) (a : acceptance)
  (p : promise) (threshold : constant) : Prop :=
  forall words, (forall w, In w words -> (w < length (vocabulary net))%nat) -> promised p words = true ->
  (1 <= length words)%nat -> (delay <= length words)%nat ->
  exists limit, readout_tends_to net terms words limit /\
  sides m a (firstn (length words - delay) words) (number net threshold) limit.

Definition decides_at (net : network) (terms : list (nat * constant)) (delay : nat) (m : machine) (a : acceptance)
  (p : promise) (threshold : constant) (k : Q) : Prop :=
  forall words, (forall w, In w words -> (w < length (vocabulary net))%nat) -> promised p words = true ->
  (1 <= length words)%nat -> (delay <= length words)%nat ->
  sides m a (firstn (length words - delay) words) (number net threshold) (read net terms (run net (Q2R k) words)).

(** Margins: forms constant + sum of coefficient * parameter; parameters are real numbers that are left open. *)

Definition affine_form : Set := constant * list (nat * constant).

Section Margins.
  Variable table : list constant.
  Let number (c : constant) : R := value (atom_values table []) c.

  Definition margin (f : affine_form) (p : nat -> R) : R :=
    number (fst f) + fold_right (fun t x => number (snd t) * p (fst t) + x) 0 (snd f).

  Definition point (numbers : list constant) (n : nat) : R := number (nth n numbers []).

  Definition margins_at (forms : list affine_form) (at_point values : list constant) : Prop :=
    map (fun f => margin f (point at_point)) forms = map number values.

  Definition allowed (bounds : list (nat * constant)) (p : nat -> R) : Prop :=
    forall n b, In (n, b) bounds -> Rabs (p n) <= number b.

  (** All forms reach [best] at the point; wherever the parameters are allowed to be, one of them is no larger. *)
  Definition largest_margin (forms : list affine_form) (bounds : list (nat * constant)) (at_point : list constant)
    (best : constant) : Prop :=
    allowed bounds (point at_point) /\ (forall f, In f forms -> number best <= margin f (point at_point)) /\
    forall p, allowed bounds p -> exists f, In f forms /\ margin f p <= number best.
End Margins.

(** Statements about real numbers and sequences.  Times are natural numbers, variables tend to infinity. *)

Definition within (v c b : R) : Prop := Rabs (v - c) <= b.

Definition sum (a b : nat) (f : nat -> R) : R := fold_right (fun j s => f j + s) 0 (seq a (b - a)).  (* a <= j < b *)

Definition lim (f : R -> R) (l : R) : Prop := is_lim f p_infty l.
Definition limn (f : nat -> R) (l : R) : Prop := is_lim_seq f l.
Definition diverges (f : R -> R) : Prop := is_lim f p_infty p_infty.
Definition divergesn (f : nat -> R) : Prop := is_lim_seq f p_infty.

(** One limit after another: [P y v] says that the inner limit at y is v. *)
Definition then_lim (P : R -> R -> Prop) (l : R) : Prop :=
  exists g, (exists M, forall y, M < y -> P y (g y)) /\ lim g l.
Definition then_limn (P : nat -> R -> Prop) (l : R) : Prop :=
  exists g, (exists M, forall y, M < INR y -> P y (g y)) /\ limn g l.
