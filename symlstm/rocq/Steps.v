(** One step of a network, for every arithmetic: if its operations mean what they say, then so does its step. *)

From Coq Require Import Reals Lra Lia List QArith Qreals Arith.
From Symlstm Require Import Definitions Constants.
Import ListNotations.
Local Open Scope R_scope.

(** * Lists *)

Section Lists.
  Context {S T S' T' : Type} (rel : S -> T -> Prop) (rel' : S' -> T' -> Prop).

  Lemma map_related (f : S -> S') (g : T -> T') xs ys :
    (forall x y, rel x y -> rel' (f x) (g y)) -> Forall2 rel xs ys -> Forall2 rel' (map f xs) (map g ys).
  Proof. intros H. induction 1; cbn; auto. Qed.

  Lemma same_map_related {U} (f : U -> S') (g : U -> T') us :
    (forall u, rel' (f u) (g u)) -> Forall2 rel' (map f us) (map g us).
  Proof. intros H. induction us; cbn; auto. Qed.

  Lemma combine_related xs ys : Forall2 rel xs ys -> forall xs' ys', Forall2 rel' xs' ys' ->
    Forall2 (fun p q => rel (fst p) (fst q) /\ rel' (snd p) (snd q)) (combine xs xs') (combine ys ys').
  Proof. induction 1; intros xs' ys' H'; cbn; [constructor|]. destruct H'; constructor; auto. Qed.

  Lemma firstn_related n xs ys : Forall2 rel xs ys -> Forall2 rel (firstn n xs) (firstn n ys).
  Proof. intros H. revert n. induction H; intros [|n]; cbn; auto. Qed.

  Lemma skipn_related n xs ys : Forall2 rel xs ys -> Forall2 rel (skipn n xs) (skipn n ys).
  Proof. intros H. revert n. induction H; intros [|n]; cbn; auto. Qed.

  Lemma nth_tl {U} n (xs : list U) d : nth (Datatypes.S n) xs d = nth n (tl xs) d.
  Proof. destruct xs; [now destruct n|reflexivity]. Qed.

  Lemma related_length xs ys : Forall2 rel xs ys -> length xs = length ys.
  Proof. induction 1; cbn; congruence. Qed.

  Lemma related_nth xs ys n x : Forall2 rel xs ys -> nth_error xs n = Some x -> exists y, nth_error ys n = Some y /\ rel x y.
  Proof.
    intros H. revert n. induction H; intros [|n] E; cbn in *; try discriminate; [injection E as ->; eauto|now apply IHForall2].
  Qed.
End Lists.

(** * Two arithmetics *)

Section Related.
  Context {S T : Type} (a : arithmetic S) (b : arithmetic T) (rel : S -> T -> Prop).

  Definition weighted (p : weight * S) (q : weight * T) : Prop := fst p = fst q /\ rel (snd p) (snd q).

  Definition function_related (f : S -> S) (g : T -> T) : Prop := forall x y, rel x y -> rel (f x) (g y).

  Definition operation_related (f : S -> S -> S) (g : T -> T -> T) : Prop :=
    forall x y x' y', rel x y -> rel x' y' -> rel (f x x') (g y y').

  Record related : Prop := {
    affine_related : forall ws xs ys, Forall2 weighted xs ys -> rel (affine a ws xs) (affine b ws ys);
    sum_related : operation_related (sum_of a) (sum_of b);
    product_related : operation_related (product_of a) (product_of b);
    sigmoid_related : function_related (sigmoid_of a) (sigmoid_of b);
    tanh_related : function_related (tanh_of a) (tanh_of b);
    relu_related : function_related (relu_of a) (relu_of b);
    heaviside_related : function_related (heaviside_of a) (heaviside_of b) }.

  Hypothesis R : related.
  Notation rels := (Forall2 rel).

  Definition input_related (x : input S) (y : input T) : Prop :=
    match x, y with Word v, Word w => v = w | Below g, Below h => rels g h | _, _ => False end.

  Lemma line_related p q : function_related (line a p q) (line b p q).
  Proof. intros x y H. apply (affine_related R). repeat constructor. exact H. Qed.

  Lemma strict_step_related : function_related (strict_step a) (strict_step b).
  Proof. intros x y H. now apply line_related, (heaviside_related R), line_related. Qed.

  Lemma sign_related : function_related (sign_of a) (sign_of b).
  Proof.
    intros x y H. apply (sum_related R); [now apply (heaviside_related R)|].
    now apply line_related, (heaviside_related R), line_related.
  Qed.

  Lemma between_related low high : function_related (between a low high) (between b low high).
  Proof. intros x y H. now apply line_related, (relu_related R), line_related, (relu_related R), line_related. Qed.

  Lemma hardsigmoid_related : function_related (hardsigmoid a) (hardsigmoid b).
  Proof. intros x y H. now apply line_related, between_related. Qed.

  Lemma each_related f g xs ys xs' ys' :
    operation_related f g -> rels xs ys -> rels xs' ys' ->
    rels (each f xs xs') (each g ys ys').
  Proof.
    intros H X Y. eapply map_related; [|exact (combine_related rel rel _ _ X _ _ Y)].
    intros p q [P Q]. now apply H.
  Qed.

  Lemma products_related ws xs ys : rels xs ys -> Forall2 weighted (combine ws xs) (combine ws ys).
  Proof. intros H. apply (combine_related eq rel); [|exact H]. induction ws; constructor; auto. Qed.

  Definition part_related (p : @part S) (q : @part T) : Prop := fst p = fst q /\ Forall2 weighted (snd p) (snd q).

  Lemma total_related ps qs : Forall2 part_related ps qs -> rel (total_of a ps) (total_of b qs).
  Proof.
    intros H. unfold total_of. replace (flat_map fst qs) with (flat_map fst ps).
    - apply (affine_related R). induction H as [|p q ps qs [_ F] _ IH]; cbn; [constructor|now apply Forall2_app].
    - induction H as [|p q ps qs [E _] _ IH]; cbn; congruence.
  Qed.

  Lemma one_part p q : part_related p q -> rel (total_of a [p]) (total_of b [q]).
  Proof. intros P. apply total_related. auto. Qed.

  Lemma two_parts p q p' q' : part_related p q -> part_related p' q' -> rel (total_of a [p; p']) (total_of b [q; q']).
  Proof. intros P Q. apply total_related. auto. Qed.

  Section Layer.
    Variables (l : layer) (x : input S) (y : input T) (h c : list S) (h' c' : list T).
    Hypotheses (X : input_related x y) (H : rels h h') (C : rels c c').

    Lemma of_input_related row : part_related (of_input l x row) (of_input l y row).
    Proof.
      destruct x, y; cbn in X; try contradiction; [subst; split; [reflexivity|constructor]|].
      split; [reflexivity|now apply products_related].
    Qed.

    Lemma of_state_related g g' row : rels g g' -> part_related (of_state l g row) (of_state l g' row).
    Proof. intros G. split; [reflexivity|now apply products_related]. Qed.

    Lemma of_cell_related d d' row : rels d d' -> part_related (of_cell l d row) (of_cell l d' row).
    Proof. intros D. split; [reflexivity|]. now apply products_related, firstn_related, skipn_related. Qed.

    Lemma gate_related f g n : function_related f g -> rels (gate a l x h f n) (gate b l y h' g n).
    Proof.
      intros F. apply same_map_related. intros row. apply F, total_related.
      constructor; [apply of_input_related|]. constructor; [now apply of_state_related|constructor].
    Qed.

    Lemma seeing_related f g n p d d' : function_related f g -> rels d d' ->
      rels (seeing a l x h f n p d) (seeing b l y h' g n p d').
    Proof.
      intros F D. apply same_map_related. intros j. apply F, total_related.
      constructor; [apply of_input_related|]. constructor; [now apply of_state_related|].
      constructor; [now apply of_cell_related|constructor].
    Qed.

    Hint Resolve (sigmoid_related R) (tanh_related R) (relu_related R) (heaviside_related R) (sum_related R)
      (product_related R) strict_step_related sign_related line_related between_related hardsigmoid_related
      gate_related seeing_related each_related of_input_related of_state_related total_related C H : steps.

    Lemma mapped f g ds ds' : function_related f g -> rels ds ds' -> rels (map f ds) (map g ds').
    Proof. intros F. now apply map_related. Qed.
    Hint Resolve mapped : steps.

    Definition both_related (p : list S * list S) (q : list T * list T) : Prop := rels (fst p) (fst q) /\ rels (snd p) (snd q).

    Lemma forget_and_increment_related : both_related (forget_and_increment a l x h c) (forget_and_increment b l y h' c').
    Proof.
      unfold forget_and_increment. destruct (cell l); split; cbn; auto 7 with steps.
      eapply map_related; [|exact C]. intros u v _. apply (affine_related R). constructor.
    Qed.

    Lemma lstm_related o o' t t' : (forall d d', rels d d' -> rels (o d) (o' d')) -> function_related t t' ->
      both_related (lstm a l x h c o t) (lstm b l y h' c' o' t').
    Proof.
      intros O F. unfold lstm. pose proof forget_and_increment_related as G.
      destruct (forget_and_increment a l x h c) as [f i], (forget_and_increment b l y h' c') as [f' i'].
      destruct G as [G I]. cbn in G, I. assert (N : rels (each (sum_of a) (each (product_of a) f c) i)
        (each (sum_of b) (each (product_of b) f' c') i')) by eauto with steps.
      set (d := each (sum_of a) _ i) in *. set (d' := each (sum_of b) _ i') in *. split; [|exact N]. cbn [fst].
      assert (M : rels (each (product_of a) (o d) (map t d)) (each (product_of b) (o' d') (map t' d')))
        by (apply each_related; [apply (product_related R)|apply O, N|now apply mapped]).
      destruct (weight_hr l) as [|row rows]; [exact M|]. apply same_map_related. intros r.
      apply (affine_related R). now apply products_related.
    Qed.

    Lemma gru_related n n' : (forall r r', rels r r' -> rels (n r) (n' r')) -> both_related (gru a l x h n) (gru b l y h' n').
    Proof.
      intros N. split; cbn; [|constructor]. auto 9 with steps.
    Qed.

    Lemma layer_step_related : both_related (layer_step a l x h c) (layer_step b l y h' c').
    Proof.
      unfold layer_step. destruct (cell l); try (now apply lstm_related; auto with steps);
        try (split; cbn; [apply gate_related; auto with steps|constructor]; exact (between_related _ _)).
      - apply gru_related. intros r r' Q. apply each_related; [apply (sum_related R)| |apply each_related; auto with steps];
          apply same_map_related; intros row; apply one_part; auto with steps.
      - apply gru_related. intros r r' Q. apply same_map_related. intros row. apply two_parts; auto with steps.
    Qed.
  End Layer.

  Lemma layers_step_related ls : forall x y, input_related x y -> forall hs cs hs' cs', rels hs hs' -> rels cs cs' ->
    both_related (layers_step a ls x hs cs) (layers_step b ls y hs' cs').
  Proof.
    induction ls as [|l ls IH]; intros x y X hs cs hs' cs' H C; cbn [layers_step]; [split; constructor|].
    pose proof (layer_step_related l x y _ _ _ _ X (firstn_related _ (length (h0 l)) _ _ H) (firstn_related _ (length (c0 l)) _ _ C)) as L.
    destruct (layer_step a l x _ _) as [h c], (layer_step b l y _ _) as [h' c']. destruct L as [L M].
    pose proof (IH (Below h) (Below h') L _ _ _ _ (skipn_related _ (length (h0 l)) _ _ H) (skipn_related _ (length (c0 l)) _ _ C)) as N.
    destruct (layers_step a ls _ _ _) as [g d], (layers_step b ls _ _ _) as [g' d']. destruct N as [N O].
    split; cbn in *; now apply Forall2_app.
  Qed.

  Lemma step_related net s t word : rels s t -> rels (step a net s word) (step b net t word).
  Proof.
    intros H. unfold step.
    destruct (layers_step_related (layers net) (Word word) (Word word) eq_refl _ _ _ _
      (firstn_related _ (length (flat_map h0 (layers net))) _ _ H) (skipn_related _ (length (flat_map h0 (layers net))) _ _ H)) as [L M].
    destruct (layers_step a _ _ _ _) as [h c], (layers_step b _ _ _ _) as [h' c']. exact (Forall2_app L M).
  Qed.

  Lemma signal_related net s t word x : rels s t -> rel (signal_value a net s word x) (signal_value b net t word x).
  Proof.
    intros H. assert (N : rel (affine a [] []) (affine b [] [])) by (apply (affine_related R); constructor).
    assert (M : forall row,
      rel match layers net with [] => affine a [] [] | l :: _ => total_of a [of_input l (Word word) row; of_state l (firstn (length (h0 l)) s) row] end
        match layers net with [] => affine b [] [] | l :: _ => total_of b [of_input l (Word word) row; of_state l (firstn (length (h0 l)) t) row] end).
    { intros row. destruct (layers net) as [|l ls]; [exact N|].
      apply two_parts; [now apply of_input_related|]. now apply of_state_related, firstn_related. }
    destruct x; cbn [signal_value]; [apply M|apply (sigmoid_related R), M|apply (tanh_related R), M|].
    revert coordinate. induction (step_related net s t word H) as [|x y xs ys X XS IH]; intros [|n]; cbn; auto.
  Qed.
End Related.

(** * What is known of functions of the scale *)

Section Values.
  Context {T : Type} (net : network) (on : arithmetic T) (means : T -> (R -> R) -> Prop).

  Definition pointwise : arithmetic (R -> R) :=
    Arithmetic
      (fun ws xs k => affine (reals net k) ws (map (fun p => (fst p, snd p k)) xs))
      (fun f g k => f k + g k) (fun f g k => f k * g k)
      (fun f k => sigmoid (f k)) (fun f k => tanh (f k)) (fun f k => relu (f k)) (fun f k => heaviside (f k)).

  Record sound : Prop := {
    means_ext : forall x f g, (forall k, f k = g k) -> means x f -> means x g;
    means_related : related on pointwise means }.

  (** What is known of each coordinate of a state. *)
  Definition stands (known : list T) (s : R -> list R) : Prop :=
    (forall k, length (s k) = length known) /\
    forall n x, nth_error known n = Some x -> means x (fun k => nth n (s k) 0).

  Hypothesis S : sound.

  Lemma pointwise_at k : related pointwise (reals net k) (fun f x => f k = x).
  Proof.
    split; try (intros f x E; cbn in *; rewrite E; reflexivity); try (intros f x g y E F; cbn in *; rewrite E, F; reflexivity).
    intros ws xs ys H. cbn [affine pointwise]. f_equal.
    induction H as [|p q xs ys [E F] H IH]; cbn [map]; [reflexivity|]. rewrite IH, E. cbn beta in F. rewrite F. destruct q; reflexivity.
  Qed.

  Lemma stands_functions known s : stands known s ->
    exists fs, Forall2 means known fs /\ forall k, Forall2 (fun f x => f k = x) fs (s k).
  Proof.
    revert s. induction known as [|x known IH]; intros s [L H].
    - exists []. split; [constructor|]. intros k. specialize (L k). destruct (s k); [constructor|discriminate].
    - destruct (IH (fun k => tl (s k))) as (fs & F & G).
      + split; [intros k; specialize (L k); destruct (s k); cbn in *; congruence|].
        intros n y E. specialize (H (Datatypes.S n) y E). apply (means_ext S _ _ _ (fun k => nth_tl n (s k) 0)) in H. exact H.
      + exists ((fun k => nth 0 (s k) 0) :: fs). split; [constructor; [now apply (H O)|exact F]|].
        intros k. specialize (L k). specialize (G k). cbn beta in G. destruct (s k) eqn:E; [discriminate|]. constructor; [now rewrite E|exact G].
  Qed.

  Lemma functions_stand known fs s : Forall2 means known fs -> (forall k, Forall2 (fun f x => f k = x) fs (s k)) -> stands known s.
  Proof.
    intros H G. split.
    - intros k. apply related_length in H. rewrite H. symmetry. exact (related_length _ _ _ (G k)).
    - intros n x E. destruct (related_nth _ _ _ _ _ H E) as (f & N & I).
      apply (means_ext S x f); [|exact I]. intros k. destruct (related_nth _ _ _ _ _ (G k) N) as (y & M & Y).
      symmetry. rewrite Y. now apply nth_error_nth.
  Qed.

  Theorem step_stands known s word : stands known s ->
    stands (step on net known word) (fun k => step (reals net k) net (s k) word).
  Proof.
    intros H. destruct (stands_functions known s H) as (fs & F & G).
    apply (functions_stand _ (step pointwise net fs word)).
    - now apply step_related; [apply S|].
    - intros k. apply step_related; [apply pointwise_at|apply G].
  Qed.

  Theorem signal_means known s word x : stands known s ->
    means (signal_value on net known word x) (fun k => signal_value (reals net k) net (s k) word x).
  Proof.
    intros H. destruct (stands_functions known s H) as (fs & F & G).
    apply (means_ext S _ (signal_value pointwise net fs word x)); [|now apply signal_related; [apply S|]].
    intros k. exact (signal_related _ _ _ (pointwise_at k) net fs (s k) word x (G k)).
  Qed.
End Values.

(** * Registers: each cell has c' = A c + B *)

Section Registers.
  Context {T : Type} (on : arithmetic T).

  Definition layer_moves (l : layer) (x : input T) (h c : list T) : list (T * T) :=
    let '(f, i_g) := forget_and_increment on l x h c in combine f i_g.

  Fixpoint layers_moves (ls : list layer) (x : input T) (hs cs : list T) : list (T * T) :=
    match ls with
    | [] => []
    | l :: ls =>
        let h := firstn (length (h0 l)) hs in
        let c := firstn (length (c0 l)) cs in
        layer_moves l x h c
        ++ layers_moves ls (Below (fst (layer_step on l x h c))) (skipn (length (h0 l)) hs) (skipn (length (c0 l)) cs)
    end.

  (** (A, B) of each c, in their order. *)
  Definition moves_of_step (net : network) (state : list T) (word : nat) : list (T * T) :=
    let hs := length (flat_map h0 (layers net)) in
    layers_moves (layers net) (Word word) (firstn hs state) (skipn hs state).

  Definition has_cell (k : kind) : bool :=
    match k with LSTM | LSTM_coupled | LSTM_without_forget_gate | LSTM_step => true | _ => false end.

  Definition shaped_layer (l : layer) : bool :=
    if has_cell (cell l)
    then negb (length (c0 l) =? 0)%nat
         && (length (h0 l) =? match weight_hr l with [] => length (c0 l) | rows => length rows end)%nat
    else (length (c0 l) =? 0)%nat.

  Definition shaped (net : network) : bool := forallb shaped_layer (layers net).

  Lemma each_length (f : T -> T -> T) xs ys n : length xs = n -> length ys = n -> length (each f xs ys) = n.
  Proof. intros X Y. unfold each. rewrite map_length, combine_length, X, Y. apply Nat.min_id. Qed.

  Lemma forget_length l x h c : has_cell (cell l) = true -> length (c0 l) <> 0%nat -> length c = length (c0 l) ->
    length (fst (forget_and_increment on l x h c)) = length (c0 l)
    /\ length (snd (forget_and_increment on l x h c)) = length (c0 l).
  Proof.
    intros K N C. assert (U : units l = length (c0 l)) by (unfold units; destruct (c0 l); [now elim N|reflexivity]).
    assert (G : forall f n, length (gate on l x h f n) = length (c0 l)) by (intros; unfold gate; now rewrite map_length, seq_length).
    assert (P : forall f n p d, length (seeing on l x h f n p d) = length (c0 l)) by (intros; unfold seeing; now rewrite map_length, seq_length).
    unfold forget_and_increment. destruct (cell l); try discriminate; cbn [fst snd]; split; try apply each_length; rewrite ?map_length; auto.
  Qed.

  Lemma layer_length l x h c : shaped_layer l = true -> length h = length (h0 l) -> length c = length (c0 l) ->
    length (fst (layer_step on l x h c)) = length (h0 l) /\ length (snd (layer_step on l x h c)) = length (c0 l).
  Proof.
    unfold shaped_layer. destruct (has_cell (cell l)) eqn:K.
    - rewrite Bool.andb_true_iff, Bool.negb_true_iff, Nat.eqb_neq, Nat.eqb_eq. intros [N E] _ C.
      destruct (forget_length l x h c K N C) as [F I].
      assert (U : units l = length (c0 l)) by (unfold units; destruct (c0 l); [now elim N|reflexivity]).
      assert (G : forall o t, (forall d, length (o d) = length (c0 l)) ->
        length (fst (lstm on l x h c o t)) = length (h0 l) /\ length (snd (lstm on l x h c o t)) = length (c0 l)).
      { intros o t O. unfold lstm. destruct (forget_and_increment on l x h c) as [f i]. cbn [fst snd] in *.
        assert (X : length (each (sum_of on) (each (product_of on) f c) i) = length (c0 l)) by now repeat apply each_length.
        split; [|exact X]. rewrite E. destruct (weight_hr l); [|now rewrite map_length].
        apply each_length; [apply O|now rewrite map_length]. }
      unfold layer_step. destruct (cell l); try discriminate; apply G; intros d; unfold seeing; now rewrite map_length, seq_length.
    - rewrite Nat.eqb_eq. intros Z H C. rewrite Z. assert (U : units l = length (h0 l)).
      { unfold units. destruct (c0 l); [reflexivity|discriminate]. }
      unfold layer_step. destruct (cell l); try discriminate; cbn [fst snd gru]; split; try reflexivity;
        try (unfold gate; now rewrite map_length, seq_length);
        unfold gate; repeat apply each_length; rewrite ?map_length, ?seq_length; auto.
      all: try (apply each_length; rewrite ?map_length, ?seq_length; auto; apply each_length; rewrite ?map_length, ?seq_length; auto).
  Qed.

  Lemma split_length {U} n (xs : list U) m : length xs = (n + m)%nat -> length (firstn n xs) = n /\ length (skipn n xs) = m.
  Proof. intros H. rewrite firstn_length, skipn_length. lia. Qed.

  Lemma layers_length ls : forallb shaped_layer ls = true -> forall x hs cs,
    length hs = length (flat_map h0 ls) -> length cs = length (flat_map c0 ls) ->
    length (fst (layers_step on ls x hs cs)) = length hs /\ length (snd (layers_step on ls x hs cs)) = length cs.
  Proof.
    induction ls as [|l ls IH]; cbn [forallb flat_map layers_step]; [now intros _ x [|] [|]|].
    rewrite Bool.andb_true_iff. intros [L M] x hs cs. rewrite !app_length. intros H C.
    destruct (split_length _ _ _ H) as [H1 H2]. destruct (split_length _ _ _ C) as [C1 C2].
    destruct (layer_length l x _ _ L H1 C1) as [E F].
    specialize (IH M (Below (fst (layer_step on l x (firstn (length (h0 l)) hs) (firstn (length (c0 l)) cs)))) _ _ H2 C2).
    destruct (layer_step on l x _ _) as [h c]. cbn [fst snd] in *.
    destruct (layers_step on ls _ _ _) as [h' c']. cbn [fst snd] in *. rewrite !app_length. lia.
  Qed.

  Lemma step_length net s word : shaped net = true -> length s = length (initial net) -> length (step on net s word) = length s.
  Proof.
    intros H. unfold initial. rewrite app_length. intros L. destruct (split_length _ _ _ L) as [H1 H2].
    destruct (layers_length (layers net) H (Word word) _ _ H1 H2) as [E F]. unfold step.
    destruct (layers_step on _ _ _ _) as [h c]. cbn [fst snd] in *. rewrite app_length. lia.
  Qed.
End Registers.

Section Real_registers.
  Variables (net : network) (k : R).
  Notation on := (reals net k).

  Definition moved (p : R * R * R) : R := fst (fst p) * snd p + snd (fst p).

  Lemma three_lists : forall fs cs is_, each Rplus (each Rmult fs cs) is_ = map moved (combine (combine fs is_) cs).
  Proof. induction fs as [|f fs IH]; intros [|c cs] [|i is_]; cbn; try reflexivity. unfold each in IH. now rewrite IH. Qed.

  Lemma combine_app {U V} (xs xs' : list U) (ys ys' : list V) : length xs = length ys ->
    combine (xs ++ xs') (ys ++ ys') = combine xs ys ++ combine xs' ys'.
  Proof. revert ys. induction xs as [|x xs IH]; intros [|y ys] H; cbn in *; try discriminate; [reflexivity|]. rewrite IH; congruence. Qed.

  Lemma layer_moved l x h c : shaped_layer l = true -> length c = length (c0 l) ->
    snd (layer_step on l x h c) = map moved (combine (layer_moves on l x h c) c)
    /\ length (layer_moves on l x h c) = length c.
  Proof.
    unfold shaped_layer, layer_moves. destruct (has_cell (cell l)) eqn:K.
    - rewrite Bool.andb_true_iff, Bool.negb_true_iff, Nat.eqb_neq. intros [N _] C.
      destruct (forget_length on l x h c K N C) as [F I].
      assert (G : forall o t, snd (lstm on l x h c o t) = let '(f, i) := forget_and_increment on l x h c in map moved (combine (combine f i) c)).
      { intros o t. unfold lstm. destruct (forget_and_increment on l x h c) as [f i]. apply three_lists. }
      split.
      + unfold layer_step. destruct (cell l); try discriminate; rewrite G; now destruct (forget_and_increment on l x h c).
      + destruct (forget_and_increment on l x h c) as [f i]. cbn [fst snd] in *. rewrite combine_length. lia.
    - rewrite Nat.eqb_eq. intros Z C. unfold layer_step, forget_and_increment.
      destruct c; [|cbn in C; lia]. destruct (cell l); try discriminate; split; reflexivity.
  Qed.

  Lemma layers_moved ls : forallb shaped_layer ls = true -> forall x hs cs,
    length hs = length (flat_map h0 ls) -> length cs = length (flat_map c0 ls) ->
    snd (layers_step on ls x hs cs) = map moved (combine (layers_moves on ls x hs cs) cs)
    /\ length (layers_moves on ls x hs cs) = length cs.
  Proof.
    induction ls as [|l ls IH]; cbn [forallb flat_map layers_step layers_moves]; [now intros _ x [|] [|]|].
    rewrite Bool.andb_true_iff. intros [L M] x hs cs. rewrite !app_length. intros H C.
    destruct (split_length _ _ _ H) as [H1 H2]. destruct (split_length _ _ _ C) as [C1 C2].
    destruct (layer_moved l x (firstn (length (h0 l)) hs) _ L C1) as [E F].
    specialize (IH M (Below (fst (layer_step on l x (firstn (length (h0 l)) hs) (firstn (length (c0 l)) cs)))) _ _ H2 C2).
    destruct (layer_step on l x _ _) as [h c]. cbn [fst snd] in *. destruct IH as [I J].
    destruct (layers_step on ls _ _ _) as [h' c']. cbn [fst snd] in *. split; [|lia].
    rewrite E, I, <- map_app, <- combine_app by exact F. now rewrite firstn_skipn.
  Qed.

  (** What stands at a cell: its forget gate is none above 1. *)
  Definition cells_from (net : network) : nat := length (flat_map h0 (layers net)).

  Lemma register_moves s word i a b : shaped net = true -> length s = length (initial net) ->
    nth_error (moves_of_step on net s word) i = Some (a, b) ->
    nth (cells_from net + i) (step on net s word) 0 = a * nth (cells_from net + i) s 0 + b.
  Proof.
    intros H. unfold initial. rewrite app_length. intros L N. destruct (split_length _ _ _ L) as [H1 H2].
    destruct (layers_length on (layers net) H (Word word) _ _ H1 H2) as [E _].
    destruct (layers_moved (layers net) H (Word word) _ _ H1 H2) as [F G].
    unfold moves_of_step in N. fold (cells_from net) in *. unfold step. fold (cells_from net).
    destruct (layers_step on _ _ _ _) as [h c]. cbn [fst snd] in *. rewrite app_nth2 by lia.
    replace (cells_from net + i - length h)%nat with i by lia.
    assert (K : nth (cells_from net + i) s 0 = nth i (skipn (cells_from net) s) 0).
    { rewrite <- (firstn_skipn (cells_from net) s) at 1. rewrite app_nth2 by lia. f_equal. lia. }
    rewrite K. clear K.
    assert (I : (i < length (skipn (cells_from net) s))%nat) by (rewrite <- G; apply nth_error_Some; congruence).
    rewrite F. set (ms := layers_moves on _ _ _ _) in *. set (cs := skipn _ s) in *. clearbody ms cs. clear - N I.
    revert i cs N I. induction ms as [|m ms IH]; intros [|i] [|c cs] N I; cbn in *; try discriminate; try lia.
    - now injection N as ->.
    - apply IH; [exact N|lia].
  Qed.
End Real_registers.

Section Related_registers.
  Context {S T : Type} (a : arithmetic S) (b : arithmetic T) (rel : S -> T -> Prop).
  Hypothesis R : related a b rel.
  Notation rels := (Forall2 rel).

  Lemma layers_moves_related ls : forall x y, input_related rel x y -> forall hs cs hs' cs', rels hs hs' -> rels cs cs' ->
    Forall2 (fun p q => rel (fst p) (fst q) /\ rel (snd p) (snd q)) (layers_moves a ls x hs cs) (layers_moves b ls y hs' cs').
  Proof.
    induction ls as [|l ls IH]; intros x y X hs cs hs' cs' H C; cbn [layers_moves]; [constructor|].
    pose proof (firstn_related _ (length (h0 l)) _ _ H) as H1. pose proof (firstn_related _ (length (c0 l)) _ _ C) as C1.
    apply Forall2_app.
    - destruct (forget_and_increment_related a b rel R l x y _ _ _ _ X H1 C1) as [F I]. unfold layer_moves.
      destruct (forget_and_increment a l x _ _), (forget_and_increment b l y _ _). now apply (combine_related rel rel).
    - apply IH; try now apply skipn_related. exact (proj1 (layer_step_related a b rel R l x y _ _ _ _ X H1 C1)).
  Qed.

  Lemma moves_related net s t word : rels s t ->
    Forall2 (fun p q => rel (fst p) (fst q) /\ rel (snd p) (snd q)) (moves_of_step a net s word) (moves_of_step b net t word).
  Proof. intros H. apply layers_moves_related; [reflexivity|now apply firstn_related|now apply skipn_related]. Qed.
End Related_registers.

Section Forget.
  Variables (net : network) (k : R).
  Notation on := (reals net k).

  Lemma sigmoid_range x : 0 <= sigmoid x <= 1.
  Proof.
    unfold sigmoid. pose proof (exp_pos (- x)). split; [left; apply Rinv_0_lt_compat; lra|].
    rewrite <- Rinv_1. apply Rinv_le_contravar; lra.
  Qed.

  Lemma heaviside_range x : heaviside x = 0 \/ heaviside x = 1.
  Proof. unfold heaviside. destruct (Rle_dec 0 x); auto. Qed.

  Lemma plain_value q : scaled net k (plain q) = Q2R q.
  Proof. unfold scaled, number, plain. cbn. ring. Qed.

  Lemma line_value p q x : line on p q x = Q2R p * x + Q2R q.
  Proof. unfold line. cbn. rewrite !plain_value. ring. Qed.

  Lemma forget_range l x h c : Forall (fun f => 0 <= f <= 1) (fst (forget_and_increment on l x h c)).
  Proof.
    assert (M : forall (f : R -> R) (g : nat -> R) ns, (forall y, 0 <= f y <= 1) -> Forall (fun f => 0 <= f <= 1) (map (fun n => f (g n)) ns)).
    { intros f g ns H. induction ns; constructor; auto. }
    unfold forget_and_increment. destruct (cell l); cbn [fst]; try constructor.
    - apply M. apply sigmoid_range.
    - unfold seeing. rewrite map_map. apply (M (fun y => line on (-1) 1 (sigmoid_of on y))). intros y. rewrite line_value.
      pose proof (sigmoid_range y). cbn [sigmoid_of reals]. unfold Q2R; simpl. lra.
    - induction c; constructor; [|exact IHc]. cbn. rewrite plain_value. unfold Q2R; simpl. lra.
    - apply M. intros y. unfold strict_step. rewrite line_value. cbn [heaviside_of reals].
      destruct (heaviside_range (line on (-1) 0 y)) as [E|E]; rewrite E; unfold Q2R; simpl; lra.
  Qed.

  Lemma moves_range ls : forall x hs cs, Forall (fun m => 0 <= fst m <= 1) (layers_moves on ls x hs cs).
  Proof.
    induction ls as [|l ls IH]; intros x hs cs; cbn [layers_moves]; [constructor|]. apply Forall_app. split; [|apply IH].
    pose proof (forget_range l x (firstn (length (h0 l)) hs) (firstn (length (c0 l)) cs)) as F. unfold layer_moves.
    destruct (forget_and_increment on l x _ _) as [f i]. cbn [fst] in F. revert i.
    induction F as [|y f Y F I]; intros [|j i]; cbn; constructor; [exact Y|apply I].
  Qed.
End Forget.

Section Known_registers.
  Context {T : Type} (net : network) (on : arithmetic T) (means : T -> (R -> R) -> Prop).
  Hypothesis S : sound net on means.
  Hypothesis shape : shaped net = true.

  (** What is known of A and B stands for functions with r' = A r + B, where A lies between 0 and 1. *)
  Theorem moves_stand known s word i A B : stands means known s -> length known = length (initial net) ->
    nth_error (moves_of_step on net known word) i = Some (A, B) ->
    exists fa fb, means A fa /\ means B fb /\ forall k, 0 <= fa k <= 1 /\
      nth (cells_from net + i) (step (reals net k) net (s k) word) 0 = fa k * nth (cells_from net + i) (s k) 0 + fb k.
  Proof.
    intros H L N. destruct (stands_functions net on means S known s H) as (fs & F & G).
    pose proof (moves_related _ _ _ (means_related _ _ _ S) net known fs word F) as M.
    destruct (related_nth _ _ _ _ _ M N) as ([fa fb] & P & X & Y). exists fa, fb. split; [exact X|]. split; [exact Y|]. intros k.
    pose proof (moves_related _ _ _ (pointwise_at net k) net fs (s k) word (G k)) as Q.
    destruct (related_nth _ _ _ _ _ Q P) as ([a b] & V & U & W). cbn in U, W. subst a b. split.
    - exact (proj1 (Forall_forall _ _) (moves_range net k (layers net) (Word word) _ _) _ (nth_error_In _ _ V)).
    - apply register_moves; [exact shape| |exact V]. rewrite <- L. apply H.
  Qed.
End Known_registers.

(** * Sums of weights and products, by an arithmetic's other operations; what stands at a weight 0 may be anything *)

Definition both (v w : weight) : weight := (plus (fst v) (fst w), plus (snd v) (snd w)).
Definition null_weight (w : weight) : bool := is_zero (fst w) && is_zero (snd w).

Section Affine.
  Context {T : Type} (net : network) (means : T -> (R -> R) -> Prop) (exactly : weight -> T) (sum product : T -> T -> T).

  Definition affine_by (ws : list weight) (xs : list (weight * T)) : T :=
    fold_right (fun p s => if null_weight (fst p) then s else sum (product (exactly (fst p)) (snd p)) s)
      (exactly (fold_right both ([], []) ws)) xs.

  Lemma scaled_both k v w : scaled net k (both v w) = scaled net k v + scaled net k w.
  Proof. unfold scaled, number, both. cbn [fst snd]. rewrite !plus_value. ring. Qed.

  Lemma scaled_null k w : null_weight w = true -> scaled net k w = 0.
  Proof.
    unfold null_weight. rewrite Bool.andb_true_iff. intros [P Q].
    apply (is_zero_value (atom_values (atoms net) [])) in P, Q. unfold scaled, number. rewrite P, Q. ring.
  Qed.

  Lemma scaled_total k ws : scaled net k (fold_right both ([], []) ws) = fold_right (fun w s => scaled net k w + s) 0 ws.
  Proof.
    induction ws as [|w ws IH]; cbn [fold_right]; [unfold scaled, number; cbn; ring|]. now rewrite scaled_both, IH.
  Qed.

  Hypothesis ext : forall x f g, (forall k, f k = g k) -> means x f -> means x g.
  Hypothesis exactly_means : forall w, means (exactly w) (fun k => scaled net k w).
  Hypothesis sum_means : forall x f y g, means x f -> means y g -> means (sum x y) (fun k => f k + g k).
  Hypothesis product_means : forall x f y g, means x f -> means y g -> means (product x y) (fun k => f k * g k).

  Lemma affine_by_means ws xs fs : Forall2 (weighted means) xs fs -> means (affine_by ws xs) (affine (pointwise net) ws fs).
  Proof.
    induction 1 as [|[w x] [v f] xs fs [E X] H IH]; unfold affine_by; cbn [fold_right fst snd] in *.
    - apply (ext _ (fun k => scaled net k (fold_right both ([], []) ws))); [|apply exactly_means]. intros k. apply scaled_total.
    - fold (affine_by ws xs). subst v. destruct (null_weight w) eqn:N.
      + apply (ext _ (affine (pointwise net) ws fs)); [|exact IH]. intros k. cbn. rewrite (scaled_null k w N). ring.
      + apply (ext _ (fun k => scaled net k w * f k + affine (pointwise net) ws fs k)); [reflexivity|].
        apply sum_means; [|exact IH]. now apply product_means.
  Qed.
End Affine.
