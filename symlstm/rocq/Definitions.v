(** What the theorems say.  This page is all that has to be read to know what has been proved about a network. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import String Reals ZArith QArith Qreals List.
Import ListNotations.
Local Open Scope R_scope.

Definition sigmoid (x : R) : R := / (1 + exp (- x)).  (* tanh is the standard library's *)
Definition relu (x : R) : R := Rmax x 0.
Definition heaviside (x : R) : R := if Rle_dec 0 x then 1 else 0.

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

(** Networks: layers under PyTorch's names, gates stacked in PyTorch's order.  A weight (a, b) is a k + b at scale k.
    Words are numbers, the places in the vocabulary, and enter one-hot: W_ih x is a column of W_ih.  A layer above
    another reads the h of that.  An LSTM may have a projection weight_hr, and peepholes: d numbers for each gate with a
    sigmoid, in their order. *)

Inductive kind : Set :=
  | LSTM | LSTM_coupled | LSTM_without_forget_gate | LSTM_step | GRU | GRU_reset_before
  | RNN_tanh | RNN_sigmoid | RNN_relu | RNN_step | RNN_strict_step | RNN_hardsigmoid | RNN_hardtanh.

Definition weight : Set := constant * constant.

Record layer : Set := {
  cell : kind;
  weight_ih : list (list weight);
  weight_hh : list (list weight);
  bias_ih : list weight;
  bias_hh : list weight;
  weight_hr : list (list weight);
  peephole : list weight;
  h0 : list constant;
  c0 : list constant }.

Record network : Set := { vocabulary : list string; atoms : list constant; layers : list layer }.

(** What a step computes with: real numbers here, see [reals]; the checkers have others, in the same step. *)
Record arithmetic (T : Type) : Type := Arithmetic {
  affine : list weight -> list (weight * T) -> T;  (* the sum of the weights and of the products *)
  sum_of : T -> T -> T;
  product_of : T -> T -> T;
  sigmoid_of : T -> T;
  tanh_of : T -> T;
  relu_of : T -> T;
  heaviside_of : T -> T }.
Arguments Arithmetic {T}. Arguments affine {T}. Arguments sum_of {T}. Arguments product_of {T}.
Arguments sigmoid_of {T}. Arguments tanh_of {T}. Arguments relu_of {T}. Arguments heaviside_of {T}.

Definition each {T : Type} (f : T -> T -> T) (xs ys : list T) : list T :=
  map (fun xy => f (fst xy) (snd xy)) (combine xs ys).

Inductive input (T : Type) : Type := Word (word : nat) | Below (h : list T).
Arguments Word {T}. Arguments Below {T}.

Definition plain (q : Q) : weight := ([], [(q, [])]).

Section Step.
  Context {T : Type} (on : arithmetic T).
  Local Notation "x + y" := (each (sum_of on) x y).
  Local Notation "x * y" := (each (product_of on) x y).

  Definition line (a b : Q) (x : T) : T := affine on [plain b] [(plain a, x)].  (* a x + b *)
  Definition strict_step (x : T) : T := line (-1) 1 (heaviside_of on (line (-1) 0 x)).  (* 0 at 0 *)
  Definition sign_of (x : T) : T := sum_of on (heaviside_of on x) (line (-1) 0 (heaviside_of on (line (-1) 0 x))).
  Definition between (low high : Q) (x : T) : T :=
    line (-1) high (relu_of on (line (-1) (high - low) (relu_of on (line 1 (- low) x)))).
  Definition hardsigmoid (x : T) : T := line (1#6) (1#2) (between (-3) 3 x).
  Definition hardtanh : T -> T := between (-1) 1.

  Section Layer.
    Variables (l : layer) (x : input T) (h c : list T).

    Definition units : nat := match c0 l with [] => length (h0 l) | _ => length (c0 l) end.

    (** A part of a pre-activation: numbers, and products. *)
    Definition part : Type := list weight * list (weight * T).

    Definition of_input (row : nat) : part :=  (* W_ih x + b_ih *)
      let w := nth row (weight_ih l) [] in
      let b := nth row (bias_ih l) ([], []) in
      match x with Word word => ([nth word w ([], []); b], []) | Below y => ([b], combine w y) end.
    Definition of_state (h : list T) (row : nat) : part :=  (* W_hh h + b_hh *)
      ([nth row (bias_hh l) ([], [])], combine (nth row (weight_hh l) []) h).
    Definition of_cell (c : list T) (row : nat) : part :=  (* peephole * c *)
      ([], combine (skipn row (peephole l)) (firstn 1 (skipn (row mod units) c))).

    Definition total_of (parts : list part) : T := affine on (flat_map fst parts) (flat_map snd parts).

    (** The n-th gate; and one that sees a cell by the p-th peepholes. *)
    Definition gate (f : T -> T) (n : nat) : list T :=
      map (fun row => f (total_of [of_input row; of_state h row])) (seq (n * units) units).
    Definition seeing (f : T -> T) (n p : nat) (c : list T) : list T :=
      map (fun j => f (total_of [of_input (n * units + j); of_state h (n * units + j); of_cell c (p * units + j)]))
        (seq 0 units).

    (** f and i * g, in c' = f * c + i * g. *)
    Definition forget_and_increment : list T * list T :=
      let sigmoid := sigmoid_of on in
      let tanh := tanh_of on in
      match cell l with
      | LSTM => (seeing sigmoid 1 1 c, seeing sigmoid 0 0 c * gate tanh 2)
      | LSTM_coupled => let i := seeing sigmoid 0 0 c in (map (line (-1) 1) i, i * gate tanh 1)
      | LSTM_without_forget_gate => (map (fun _ => affine on [plain 1] []) c, seeing sigmoid 0 0 c * gate tanh 1)
      | LSTM_step => (seeing strict_step 1 1 c, seeing strict_step 0 0 c * gate sign_of 2)
      | _ => ([], [])
      end.

    Definition lstm (o : list T -> list T) (tanh : T -> T) : list T * list T :=
      let '(f, i_g) := forget_and_increment in
      let c' := f * c + i_g in
      let h' := o c' * map tanh c' in
      (match weight_hr l with [] => h' | rows => map (fun row => affine on [] (combine row h')) rows end, c').

    (** z and (1 - z) * n, in h' = (1 - z) * n + z * h. *)
    Definition update_and_new : list T * list T :=
      let r := gate (sigmoid_of on) 0 in
      let z := gate (sigmoid_of on) 1 in
      let rows := seq (2 * units) units in
      let n := match cell l with
               | GRU_reset_before => map (fun row => total_of [of_input row; of_state (r * h) row]) rows
               | _ => map (fun row => total_of [of_input row]) rows + r * map (fun row => total_of [of_state h row]) rows
               end in
      (z, map (line (-1) 1) z * map (tanh_of on) n).

    (** h' and c'. *)
    Definition layer_step : list T * list T :=
      match cell l with
      | LSTM => lstm (seeing (sigmoid_of on) 3 2) (tanh_of on)
      | LSTM_coupled | LSTM_without_forget_gate => lstm (seeing (sigmoid_of on) 2 1) (tanh_of on)
      | LSTM_step => lstm (seeing strict_step 3 2) sign_of
      | GRU | GRU_reset_before => let '(z, new) := update_and_new in (new + z * h, [])
      | RNN_tanh => (gate (tanh_of on) 0, [])
      | RNN_sigmoid => (gate (sigmoid_of on) 0, [])
      | RNN_relu => (gate (relu_of on) 0, [])
      | RNN_step => (gate (heaviside_of on) 0, [])
      | RNN_strict_step => (gate strict_step 0, [])
      | RNN_hardsigmoid => (gate hardsigmoid 0, [])
      | RNN_hardtanh => (gate hardtanh 0, [])
      end.
  End Layer.

  Fixpoint layers_step (ls : list layer) (x : input T) (hs cs : list T) : list T * list T :=
    match ls with
    | [] => ([], [])
    | l :: ls =>
        let '(h, c) := layer_step l x (firstn (length (h0 l)) hs) (firstn (length (c0 l)) cs) in
        let '(h', c') := layers_step ls (Below h) (skipn (length (h0 l)) hs) (skipn (length (c0 l)) cs) in
        (h ++ h', c ++ c')
    end.

  (** A state has the h of each layer, and after them the c. *)
  Definition step (net : network) (state : list T) (word : nat) : list T :=
    let hs := length (flat_map h0 (layers net)) in
    let '(h, c) := layers_step (layers net) (Word word) (firstn hs state) (skipn hs state) in
    h ++ c.
End Step.

Section Run.
  Variables (net : network) (k : R).

  Definition number (c : constant) : R := value (atom_values (atoms net) []) c.
  Definition scaled (w : weight) : R := number (fst w) * k + number (snd w).

  Definition reals : arithmetic R :=
    Arithmetic
      (fun ws xs => fold_right (fun p s => scaled (fst p) * snd p + s) (fold_right (fun w s => scaled w + s) 0 ws) xs)
      Rplus Rmult sigmoid tanh relu heaviside.

  Definition initial : list constant := flat_map h0 (layers net) ++ flat_map c0 (layers net).

  Definition run (words : list nat) : list R := fold_left (step reals net) words (map number initial).

  (** The linear form sum coefficient * coordinate; coordinates are counted from 0. *)
  Fixpoint read (terms : list (nat * constant)) (state : list R) : R :=
    match terms with [] => 0 | (n, c) :: terms => number c * nth n state 0 + read terms state end.
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

(** A pre-activation is a row of W_ih x + b_ih + W_hh h + b_hh in the lowest layer. *)
Definition signal_value {T : Type} (on : arithmetic T) (net : network) (state : list T) (word : nat) (s : signal) : T :=
  let sum row :=
    match layers net with
    | [] => affine on [] []
    | l :: _ => total_of on [of_input l (Word word) row; of_state l (firstn (length (h0 l)) state) row]
    end in
  match s with
  | Preactivation row => sum row
  | Sigmoid row => sigmoid_of on (sum row)
  | Tanh row => tanh_of on (sum row)
  | Next n => nth n (step on net state word) (affine on [] [])
  end.

Definition situation (leads : list (list nat)) (words : list nat) : nat :=
  fold_left (fun q word => nth word (nth q leads []) 0%nat) words 0%nat.

Definition step_table (net : network) (leads : list (list nat)) (k0 : Q)
  (rows : list (nat * nat * signal * weight * error)) : Prop :=
  forall words word k, (forall w, In w (words ++ [word]) -> (w < length (vocabulary net))%nat) -> Q2R k0 <= k ->
  forall s main e, In (situation leads words, word, s, main, e) rows ->
  Rabs (signal_value (reals net k) net (run net k words) word s - scaled net k main) <= error_value e k.

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

(** Words of which something is said; at most [last] of them, if that is a number. *)
Definition promised_at_most (last : option Z) (net : network) (delay : nat) (p : promise) (words : list nat) : Prop :=
  (forall w, In w words -> (w < length (vocabulary net))%nat) /\ promised p words = true /\
  (1 <= length words)%nat /\ (delay <= length words)%nat /\
  match last with None => True | Some t => (Z.of_nat (length words) <= t)%Z end.

Definition decides (net : network) (terms : list (nat * constant)) (delay : nat) (m : machine) (a : acceptance)
  (p : promise) (threshold : constant) : Prop :=
  forall words, promised_at_most None net delay p words ->
  exists limit, readout_tends_to net terms words limit /\
  sides m a (firstn (length words - delay) words) (number net threshold) limit.

Definition decides_at (net : network) (terms : list (nat * constant)) (delay : nat) (m : machine) (a : acceptance)
  (p : promise) (threshold : constant) (k : Q) (last : option Z) : Prop :=
  forall words, promised_at_most last net delay p words ->
  sides m a (firstn (length words - delay) words) (number net threshold) (read net terms (run net (Q2R k) words)).

(** A readout with a constant; the machine says a number, the value of its state's form; or the number of a readout, which is
    then larger than all others. *)
Definition output (net : network) (k : R) (o : list (nat * constant) * constant) (words : list nat) : R :=
  number net (snd o) + read net (fst o) (run net k words).

Definition number_said (values : list form) (c : configuration) : Q := form_value (snd c) (nth (fst c) values (0%Q, [])).

Definition choice_said (choices : list nat) (c : configuration) : nat := nth (fst c) choices 0%nat.

Definition within_at (net : network) (o : list (nat * constant) * constant) (delay : nat) (m : machine) (values : list form)
  (p : promise) (bound : Q) (k : Q) (last : option Z) : Prop :=
  forall words, promised_at_most last net delay p words ->
  let said := number_said values (configuration_after m (firstn (length words - delay) words)) in
  Rabs (output net (Q2R k) o words - Q2R said) <= Q2R bound.

Definition chooses_at (net : network) (os : list (list (nat * constant) * constant)) (delay : nat) (m : machine)
  (choices : list nat) (p : promise) (k : Q) (last : option Z) : Prop :=
  forall words, promised_at_most last net delay p words ->
  let said := choice_said choices (configuration_after m (firstn (length words - delay) words)) in
  exists o, nth_error os said = Some o /\
  forall n o', n <> said -> nth_error os n = Some o' -> output net (Q2R k) o' words < output net (Q2R k) o words.

(** Of limits a machine says a side with a margin, a number, or which of several is the largest. *)

Definition said_after (m : machine) (delay : nat) (words : list nat) : configuration :=
  configuration_after m (firstn (length words - delay) words).

Definition output_tends_to (net : network) (o : list (nat * constant) * constant) (words : list nat) (limit : R) : Prop :=
  is_lim (fun k => output net k o words) p_infty limit.

Definition decides_by (net : network) (terms : list (nat * constant)) (delay : nat) (m : machine) (a : acceptance)
  (p : promise) (threshold : constant) (margin : Q) : Prop :=
  0 < Q2R margin /\ forall words, promised_at_most None net delay p words ->
  exists limit, readout_tends_to net terms words limit /\
  if says_yes a (said_after m delay words) then number net threshold + Q2R margin <= limit
  else limit <= number net threshold - Q2R margin.

Definition computes_by (net : network) (o : list (nat * constant) * constant) (delay : nat) (m : machine) (values : list form)
  (p : promise) : Prop :=
  forall words, promised_at_most None net delay p words ->
  output_tends_to net o words (Q2R (number_said values (said_after m delay words))).

Definition chooses (net : network) (os : list (list (nat * constant) * constant)) (delay : nat) (m : machine)
  (choices : list nat) (p : promise) : Prop :=
  forall words, promised_at_most None net delay p words ->
  let said := choice_said choices (said_after m delay words) in
  (said < length os)%nat /\ exists limits : nat -> R,
  forall n o, nth_error os n = Some o -> output_tends_to net o words (limits n) /\ (n <> said -> limits n < limits said).

(** On these words the limits are these numbers, and not what the machine says. *)

Definition limits_on (net : network) (os : list (list (nat * constant) * constant)) (delay : nat) (p : promise)
  (words : list nat) (limits : list constant) : Prop :=
  promised_at_most None net delay p words /\
  Forall2 (fun o limit => output_tends_to net o words (number net limit)) os limits.

Definition misdecision (net : network) (terms : list (nat * constant)) (delay : nat) (m : machine) (a : acceptance)
  (p : promise) (threshold : constant) (words : list nat) (limit : constant) : Prop :=
  limits_on net [(terms, [])] delay p words [limit] /\
  if says_yes a (said_after m delay words) then number net limit <= number net threshold
  else number net threshold <= number net limit.

Definition misnumber (net : network) (o : list (nat * constant) * constant) (delay : nat) (m : machine) (values : list form)
  (p : promise) (words : list nat) (limit : constant) : Prop :=
  limits_on net [o] delay p words [limit] /\
  number net limit <> Q2R (number_said values (said_after m delay words)).

Definition mischoice (net : network) (os : list (list (nat * constant) * constant)) (delay : nat) (m : machine)
  (choices : list nat) (p : promise) (words : list nat) (limits : list constant) : Prop :=
  let said := choice_said choices (said_after m delay words) in
  limits_on net os delay p words limits /\ (said < length os)%nat /\
  exists n, (n < length os)%nat /\ n <> said /\ number net (nth said limits []) <= number net (nth n limits []).

(** One word sequence at one scale: phrases, each with the number of times that it is read in a row.  What is read after
    it, and what a machine says of all but the last words. *)

Inductive answer : Set :=
  | Says_yes (a : acceptance) (yes : bool)
  | Says_number (forms : list form) (x : Q)  (* a form for each state *)
  | Says_choice (choices : list nat) (n : nat).  (* a number for each state *)

Definition answers (s : answer) (c : configuration) : bool :=
  match s with
  | Says_yes a yes => Bool.eqb (says_yes a c) yes
  | Says_number forms x => Qeq_bool (number_said forms c) x
  | Says_choice choices n => Nat.eqb (choice_said choices c) n
  end.

Definition spelled (phrases : list (list nat * N)) : list nat :=
  flat_map (fun phrase => concat (repeat (fst phrase) (N.to_nat (snd phrase)))) phrases.

Definition run_at (net : network) (terms : list (nat * constant)) (rest : constant) (delay : nat) (m : machine) (p : promise)
  (k : Q) (phrases : list (list nat * N)) (lower upper : Q) (said : answer) : Prop :=
  let words := spelled phrases in
  (forall w, In w words -> (w < length (vocabulary net))%nat) /\ promised p words = true /\
  (1 <= length words)%nat /\ (delay <= length words)%nat /\
  Q2R lower <= number net rest + read net terms (run net (Q2R k) words) <= Q2R upper /\
  answers said (configuration_after m (firstn (length words - delay) words)) = true.

(** At one scale the largest error, over all words of the lengths from [shortest] to [longest], lies between [lower] and
    [upper]; a [lower] that is not above 0 says nothing. *)

Definition largest_error (net : network) (terms : list (nat * constant)) (delay : nat) (wa : automaton)
  (k : Q) (shortest longest : N) (lower upper : Q) : Prop :=
  let meant words := (forall w, In w words -> (w < length (vocabulary net))%nat) /\
    (N.to_nat shortest <= length words <= N.to_nat longest)%nat in
  let error words := Rabs (read net terms (run net (Q2R k) words) - specified wa (firstn (length words - delay) words)) in
  ((1 <= shortest)%N /\ (delay <= N.to_nat shortest)%nat) /\
  (forall words, meant words -> error words <= Q2R upper) /\
  (0 < Q2R lower -> exists words, meant words /\ Q2R lower <= error words).

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
