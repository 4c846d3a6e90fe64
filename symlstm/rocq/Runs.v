(** One scale and one word sequence: the state is followed word by word, in intervals. *)

From Coq Require Import Reals ZArith QArith Qreals List Lra Lia Bool.
From Coquelicot Require Import Coquelicot.
From Interval Require Import Real.Xreal.
From Symlstm Require Import Definitions Constants Steps Machines Boxes.
Import ListNotations.
Local Open Scope R_scope.

Section Run.
  Variables (net : network) (terms : list (nat * constant)) (rest : constant) (delay : nat) (m : machine) (p : promise)
    (k : Q) (phrases : list (list nat * N)) (lower upper : Q) (said : answer) (bits : positive).
  Let prec := F.PtoP bits.

  (** Whether no number of an interval is below another's. *)
  Definition never_below (x y : I.type) : bool :=
    match I.sign_large (I.sub prec x y) with Xgt | Xeq => true | _ => false end.

  Definition run_at_ok : bool :=
    let words := spelled phrases in
    let xs := atom_intervals prec (atoms net) [] in
    let state := fold_left (step (intervals k bits xs) net) words (map (number_interval bits xs) (initial net)) in
    let x := I.add prec (number_interval bits xs rest) (read_interval bits xs terms state) in
    forallb (fun w => (w <? length (vocabulary net))%nat) words
    && promised p words && (1 <=? length words)%nat && (delay <=? length words)%nat
    && never_below x (interval_of prec lower) && never_below (interval_of prec upper) x
    && answers said (configuration_after m (firstn (length words - delay) words)).

  Let xs := atom_intervals prec (atoms net) [].
  Let known : enclosed xs (atom_values (atoms net) []).
  Proof. apply atom_intervals_contain. constructor. Qed.

  Lemma never_below_ok x y r s : never_below x y = true -> encloses x r -> encloses y s -> s <= r.
  Proof.
    unfold never_below. intros H X Y. pose proof (I.sub_correct prec _ _ (Xreal r) (Xreal s) X Y) as D. cbn in D.
    pose proof (I.sign_large_correct (I.sub prec x y)) as S. destruct (I.sign_large (I.sub prec x y)); try discriminate.
    - specialize (S _ D). injection S as S. lra.
    - destruct (S _ D) as [_ L]. cbn in L. lra.
  Qed.

  Lemma start_holds : holds k (map (number_interval bits xs) (initial net)) (map (number net) (initial net)).
  Proof.
    split; [intros _; now rewrite !map_length|]. intros n x E. rewrite nth_error_map in E.
    destruct (nth_error (initial net) n) as [c|] eqn:N; [|discriminate]. injection E as <-.
    unfold means. rewrite (nth_indep _ 0 (number net [])).
    - rewrite map_nth, (nth_error_nth _ _ _ N). now apply number_contains.
    - rewrite map_length. apply nth_error_Some. congruence.
  Qed.

  Lemma followed_holds words : forall b state, holds k b state ->
    holds k (fold_left (step (intervals k bits xs) net) words b) (fold_left (step (reals net (Q2R k)) net) words state).
  Proof. induction words as [|w words IH]; intros b state H; [exact H|]. apply IH. now apply step_holds. Qed.
End Run.

Theorem check_run_at net terms rest delay m p k precision phrases lower upper said :
  run_at_ok net terms rest delay m p k phrases lower upper said precision = true ->
  run_at net terms rest delay m p k phrases lower upper said.
Proof.
  unfold run_at_ok. cbv zeta. rewrite !andb_true_iff, forallb_forall, !Nat.leb_le.
  intros [[[[[[V P] L] D] Low] High] A]. unfold run_at. cbv zeta. repeat split; try assumption.
  1: { intros w J. now apply Nat.ltb_lt, V. }
  all: set (xs := atom_intervals (F.PtoP precision) (atoms net) []) in *;
    assert (K : enclosed xs (atom_values (atoms net) [])) by (apply atom_intervals_contain; constructor);
    pose proof (followed_holds net k precision (spelled phrases) _ _ (start_holds net k precision)) as H;
    pose proof (add_contains precision _ _ _ _ (number_contains net precision xs K rest) (read_contains net k precision xs K _ _ H terms)) as X.
  - now apply (never_below_ok _ _ _ _ _ Low X (interval_of_contains _ _)).
  - now apply (never_below_ok _ _ _ _ _ High (interval_of_contains _ _) X).
Qed.
