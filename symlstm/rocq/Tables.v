(** Tables of steps: each row is read off the bounds of its situation, which hold after all words that lead there. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import Reals Lra Lia List QArith Qreals ZArith.
From Symlstm Require Import Definitions Constants Limits Steps Networks Soundness Rates RatedNetworks Errors.
Import ListNotations.
Local Open Scope R_scope.

(** Situations of which nothing is known but where they lead. *)
Definition bare (leads : list (list nat)) : proof :=
  {| registers := []; situations := map (fun _ => []) leads; steps := leads; moves := []; levels := []; images := [] |}.

Section Checker.
  Variables (net : network) (leads : list (list nat)) (k0 : Q) (rts : rates) (ctx : context) (rc : precise).

  Definition row_ok (row : nat * nat * signal * weight * error) : bool :=
    let '(q, word, s, main, e) := row in
    match snd (signal_value (rated_values (atoms net) k0 ctx rc) net (r_known_in net rts q) word s) with
    | Some x => equal (r_slope x) (fst main) && r_inside k0 rc (Some (Rated [] (r_offset x) (r_error x))) (snd main) e
    | None => false
    end.
End Checker.

Definition step_table_ok net leads (k0 : Q) rts rows : bool :=
  let ctx := context_of (atoms net) in
  let low := precisely net 40 in
  let high := precisely net 80 in
  atoms_ok net ctx && invariant_ok net (bare leads) ctx && Qle_bool 1 k0
  && r_invariant_ok net k0 (bare leads) rts ctx low && forallb (row_ok net k0 rts ctx high) rows.

Theorem check_step_table net leads rts k0 rows :
  step_table_ok net leads k0 rts rows = true -> step_table net leads k0 rows.
Proof.
  unfold step_table_ok. cbv zeta. rewrite !Bool.andb_true_iff, forallb_forall. intros [[[[O I] L] Iv] Ok] words word k V K s main e M.
  apply Qle_bool_iff, Qle_Rle in L. rewrite RMicromega.Q2R_1 in L.
  assert (EN : forall p, enclosed (known_atoms (precisely net p)) (atom_values (atoms net) [])).
  { intros p. apply atom_intervals_contain. constructor. }
  pose proof (r_correct_all net k0 (bare leads) rts _ O I L (EN _) Iv words (fun w W => V w (in_or_app _ _ _ (or_introl W)))) as R.
  assert (S : fst (reached net (bare leads) words) = situation leads words).
  { clear. unfold situation. induction words as [|w words IH] using rev_ind; [reflexivity|].
    rewrite reached_snoc, fold_left_app. cbn [advance fst fold_left]. now rewrite IH. }
  unfold r_correct in R. rewrite S in R. set (q := situation leads words) in *. specialize (Ok _ M). unfold row_ok in Ok.
  destruct (signal_means net _ _ (rated_sound net k0 O L (precisely net 80) (fun k => run net k words) (EN _)) _ _ word s
    (r_stands_named net k0 rts q _ R)) as [_ X].
  destruct (snd _) as [x|]; [|discriminate]. rewrite Bool.andb_true_iff in Ok. destruct Ok as [Sl Ok].
  apply (equal_value (atom_values (atoms net) [])) in Sl. cbn [r_holds_if_known] in X.
  assert (Y : r_holds (atoms net) k0 (Rated [] (r_offset x) (r_error x))
    (fun k => signal_value (reals net k) net (run net k words) word s - value (atom_values (atoms net) []) (fst main) * k)).
  { intros k' K'. specialize (X k' K'). cbn [r_slope r_offset r_error value] in *. rewrite Sl in X.
    rewrite Rmult_0_l, Rplus_0_l.
    replace (_ - _ - _) with (signal_value (reals net k') net (run net k' words) word s
      - (value (atom_values (atoms net) []) (fst main) * k' + value (atom_values (atoms net) []) (r_offset x))) by ring. exact X. }
  apply (r_inside_holds net k0 _ L (EN _) (Some _) _ _ _ Ok) in Y. specialize (Y k K).
  cbn [r_slope r_offset r_error value] in Y. unfold scaled, number.
  replace (signal_value (reals net k) net (run net k words) word s - _) with (signal_value (reals net k) net (run net k words) word s
    - value (atom_values (atoms net) []) (fst main) * k - (0 * k + value (atom_values (atoms net) []) (snd main))) by ring. exact Y.
Qed.
