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

    Lemma update_and_new_related : both_related (update_and_new a l x h) (update_and_new b l y h').
    Proof.
      assert (Z : rels (gate a l x h (sigmoid_of a) 1) (gate b l y h' (sigmoid_of b) 1)) by auto with steps.
      assert (Q : rels (gate a l x h (sigmoid_of a) 0) (gate b l y h' (sigmoid_of b) 0)) by auto with steps.
      split; [exact Z|]. cbn [snd update_and_new]. apply each_related; [apply (product_related R)|auto with steps|].
      apply mapped; [apply (tanh_related R)|].
      destruct (cell l); try (apply each_related; [apply (sum_related R)| |apply each_related; [apply (product_related R)|exact Q|]];
          apply same_map_related; intros row; apply one_part; auto with steps).
      apply same_map_related. intros row. apply two_parts; auto with steps.
    Qed.

    Lemma layer_step_related : both_related (layer_step a l x h c) (layer_step b l y h' c').
    Proof.
      unfold layer_step. destruct (cell l); try (now apply lstm_related; auto with steps);
        try (split; cbn; [apply gate_related; auto with steps|constructor]; exact (between_related _ _)).
      all: pose proof update_and_new_related as N; destruct (update_and_new a l x h), (update_and_new b l y h');
        destruct N as [N M]; cbn [fst snd] in N, M; split; cbn [fst snd]; [auto with steps|constructor].
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

(** * Registers: r' = A r + B, of each c of an LSTM and each h of a GRU *)

Section Registers.
  Context {T : Type} (on : arithmetic T).

  Definition has_cell (k : kind) : bool :=
    match k with LSTM | LSTM_coupled | LSTM_without_forget_gate | LSTM_step => true | _ => false end.

  Definition shaped_layer (l : layer) : bool :=
    if has_cell (cell l)
    then negb (length (c0 l) =? 0)%nat
         && (length (h0 l) =? match weight_hr l with [] => length (c0 l) | rows => length rows end)%nat
    else (length (c0 l) =? 0)%nat.

  Definition shaped (net : network) : bool := forallb shaped_layer (layers net).

  Definition none_for (cs : list constant) : list (option (T * T)) := map (fun _ => None) cs.
  Definition pairs (p : list T * list T) : list (option (T * T)) := map Some (combine (fst p) (snd p)).

  (** (A, B), if there are such, of each h and of each c. *)
  Definition layer_moves (l : layer) (x : input T) (h c : list T) : list (option (T * T)) * list (option (T * T)) :=
    match cell l with
    | GRU | GRU_reset_before => (pairs (update_and_new on l x h), [])
    | _ => (none_for (h0 l), if has_cell (cell l) then pairs (forget_and_increment on l x h c) else [])
    end.

  Fixpoint layers_moves (ls : list layer) (x : input T) (hs cs : list T) : list (option (T * T)) * list (option (T * T)) :=
    match ls with
    | [] => ([], [])
    | l :: ls =>
        let h := firstn (length (h0 l)) hs in
        let c := firstn (length (c0 l)) cs in
        let '(m, n) := layer_moves l x h c in
        let '(ms, ns) := match ls with
                         | [] => ([], [])
                         | _ => layers_moves ls (Below (fst (layer_step on l x h c)))
                                  (skipn (length (h0 l)) hs) (skipn (length (c0 l)) cs)
                         end in
        (m ++ ms, n ++ ns)
    end.

  Definition moves_of_step (net : network) (state : list T) (word : nat) : list (option (T * T)) :=
    let hs := length (flat_map h0 (layers net)) in
    let '(m, n) := layers_moves (layers net) (Word word) (firstn hs state) (skipn hs state) in m ++ n.

  Lemma layers_moves_cons l ls x hs cs :
    let h := firstn (length (h0 l)) hs in
    let c := firstn (length (c0 l)) cs in
    let rest := layers_moves ls (Below (fst (layer_step on l x h c))) (skipn (length (h0 l)) hs) (skipn (length (c0 l)) cs) in
    layers_moves (l :: ls) x hs cs = (fst (layer_moves l x h c) ++ fst rest, snd (layer_moves l x h c) ++ snd rest).
  Proof.
    cbn [layers_moves]. destruct (layer_moves l x _ _) as [m n]. destruct ls as [|l' ls]; [reflexivity|].
    destruct (layers_moves (l' :: ls) _ _ _) as [ms ns]. reflexivity.
  Qed.

  Lemma each_length (f : T -> T -> T) xs ys n : length xs = n -> length ys = n -> length (each f xs ys) = n.
  Proof. intros X Y. unfold each. rewrite map_length, combine_length, X, Y. apply Nat.min_id. Qed.

  Lemma gate_length l x h f n : length (gate on l x h f n) = units l.
  Proof. unfold gate. now rewrite map_length, seq_length. Qed.

  Lemma seeing_length l x h f n p c : length (seeing on l x h f n p c) = units l.
  Proof. unfold seeing. now rewrite map_length, seq_length. Qed.

  Lemma forget_length l x h c : has_cell (cell l) = true -> length c = units l ->
    length (fst (forget_and_increment on l x h c)) = units l /\ length (snd (forget_and_increment on l x h c)) = units l.
  Proof.
    intros K C. unfold forget_and_increment.
    destruct (cell l); try discriminate; cbn [fst snd]; split; try apply each_length; rewrite ?map_length; auto using gate_length, seeing_length.
  Qed.

  Lemma update_length l x h : length h = units l ->
    length (fst (update_and_new on l x h)) = units l /\ length (snd (update_and_new on l x h)) = units l.
  Proof.
    intros H. split; [apply gate_length|]. cbn [snd update_and_new].
    apply each_length; rewrite ?map_length; [apply gate_length|].
    destruct (cell l); repeat apply each_length; rewrite ?map_length, ?seq_length; auto using gate_length.
  Qed.

  Lemma units_of l : shaped_layer l = true ->
    if has_cell (cell l) then units l = length (c0 l) else units l = length (h0 l) /\ c0 l = [].
  Proof.
    unfold shaped_layer, units. destruct (has_cell (cell l)), (c0 l); cbn; try discriminate; auto.
  Qed.

  Lemma layer_length l x h c : shaped_layer l = true -> length h = length (h0 l) -> length c = length (c0 l) ->
    length (fst (layer_step on l x h c)) = length (h0 l) /\ length (snd (layer_step on l x h c)) = length (c0 l).
  Proof.
    intros S H C. pose proof (units_of l S) as U. unfold shaped_layer in S. destruct (has_cell (cell l)) eqn:K.
    - rewrite Bool.andb_true_iff, Nat.eqb_eq in S. destruct S as [_ E]. rewrite <- U in C, E |- *.
      destruct (forget_length l x h c K C) as [F I].
      assert (G : forall o t, (forall d, length (o d) = units l) ->
        length (fst (lstm on l x h c o t)) = length (h0 l) /\ length (snd (lstm on l x h c o t)) = units l).
      { intros o t O. unfold lstm. destruct (forget_and_increment on l x h c) as [f i]. cbn [fst snd] in *.
        assert (X : length (each (sum_of on) (each (product_of on) f c) i) = units l) by now repeat apply each_length.
        split; [|exact X]. rewrite E. destruct (weight_hr l); [|now rewrite map_length].
        apply each_length; [apply O|now rewrite map_length]. }
      unfold layer_step. destruct (cell l); try discriminate; apply G; intros d; apply seeing_length.
    - destruct U as [U Z]. rewrite Z, <- U in *. clear S Z.
      destruct (update_length l x h H) as [P Q]. unfold layer_step.
      destruct (cell l); try discriminate; cbn [fst snd]; try (split; [apply gate_length|reflexivity]);
        destruct (update_and_new on l x h) as [z n]; cbn [fst snd] in *; (split; [|reflexivity]); now repeat apply each_length.
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

  Definition in_0_1 (x : R) : Prop := 0 <= x <= 1.

  Lemma in_0_1_map {U} (f : U -> R) us : (forall u, in_0_1 (f u)) -> Forall in_0_1 (map f us).
  Proof. intros H. induction us; constructor; auto. Qed.

  Lemma forget_range l x h c : Forall in_0_1 (fst (forget_and_increment on l x h c)).
  Proof.
    unfold forget_and_increment. destruct (cell l); cbn [fst]; try constructor.
    - apply in_0_1_map. intros. apply sigmoid_range.
    - unfold seeing. rewrite map_map. apply in_0_1_map. intros j. rewrite line_value. unfold in_0_1. cbn [sigmoid_of reals].
      match goal with |- context [sigmoid ?y] => generalize (sigmoid y) (sigmoid_range y) end. intros y Y. unfold Q2R; simpl; lra.
    - apply in_0_1_map. intros. unfold in_0_1. cbn. rewrite plain_value. unfold Q2R; simpl; lra.
    - apply in_0_1_map. intros j. unfold strict_step. rewrite line_value. unfold in_0_1. cbn [heaviside_of reals].
      match goal with |- context [heaviside ?y] => destruct (heaviside_range y) as [-> | ->] end; unfold Q2R; simpl; lra.
  Qed.

  (** Each move says what becomes of its coordinate. *)
  Definition moved (m : option (R * R)) (x y : R) : Prop :=
    match m with Some (a, b) => in_0_1 a /\ y = a * x + b | None => True end.

  Fixpoint all_moved (ms : list (option (R * R))) (xs ys : list R) : Prop :=
    match ms, xs, ys with
    | [], [], [] => True
    | m :: ms, x :: xs, y :: ys => moved m x y /\ all_moved ms xs ys
    | _, _, _ => False
    end.

  Lemma all_moved_app ms xs ys ms' xs' ys' : all_moved ms xs ys -> all_moved ms' xs' ys' -> all_moved (ms ++ ms') (xs ++ xs') (ys ++ ys').
  Proof. revert xs ys. induction ms as [|m ms IH]; intros [|x xs] [|y ys] H H'; cbn in *; try contradiction; [exact H'|]. split; [apply H|now apply IH]. Qed.

  Lemma all_moved_nth ms xs ys n m : all_moved ms xs ys -> nth_error ms n = Some m -> moved m (nth n xs 0) (nth n ys 0).
  Proof.
    revert xs ys n. induction ms as [|p ms IH]; intros [|x xs] [|y ys] [|n] H N; cbn in *; try contradiction; try discriminate.
    - injection N as ->. apply H.
    - now apply IH.
  Qed.

  Lemma none_moved cs xs ys : length xs = length cs -> length ys = length cs -> all_moved (none_for cs) xs ys.
  Proof. revert xs ys. induction cs as [|c cs IH]; intros [|x xs] [|y ys] X Y; cbn in *; try discriminate; auto. Qed.

  Lemma pairs_moved fs is_ : Forall in_0_1 fs -> forall xs, length fs = length xs -> length is_ = length xs ->
    all_moved (pairs (fs, is_)) xs (each Rplus (each Rmult fs xs) is_) /\ all_moved (pairs (fs, is_)) xs (each Rplus is_ (each Rmult fs xs)).
  Proof.
    intros H. revert is_. induction H as [|f fs F H IH]; intros [|i is_] [|x xs] L M; cbn in *; try discriminate; [auto|].
    destruct (IH is_ xs) as [P Q]; try congruence. unfold each in P, Q. repeat split; try apply F; try ring; assumption.
  Qed.

  Lemma layer_moved l x h c : shaped_layer l = true -> length h = length (h0 l) -> length c = length (c0 l) ->
    all_moved (fst (layer_moves on l x h c)) h (fst (layer_step on l x h c))
    /\ all_moved (snd (layer_moves on l x h c)) c (snd (layer_step on l x h c)).
  Proof.
    intros S H C. pose proof (units_of l S) as U. destruct (layer_length on l x h c S H C) as [E F]. destruct (has_cell (cell l)) eqn:K.
    - assert (M : layer_moves on l x h c = (none_for (h0 l), pairs (forget_and_increment on l x h c))).
      { unfold layer_moves. rewrite K. destruct (cell l); try discriminate; reflexivity. }
      rewrite M. cbn [fst snd]. split; [now apply none_moved|]. clear M.
      destruct (forget_length on l x h c K) as [P Q]; [congruence|]. pose proof (forget_range l x h c) as B.
      assert (G : forall o t, all_moved (pairs (forget_and_increment on l x h c)) c (snd (lstm on l x h c o t))).
      { intros o t. unfold lstm. destruct (forget_and_increment on l x h c) as [f i]. cbn [fst snd] in *. apply pairs_moved; congruence. }
      unfold layer_step in *. destruct (cell l); try discriminate; apply G.
    - destruct U as [U Z]. assert (N : c = []) by (rewrite Z in C; destruct c; [reflexivity|discriminate]). subst c. rewrite Z in *.
      destruct (update_length on l x h) as [P Q]; [congruence|].
      assert (B : Forall in_0_1 (fst (update_and_new on l x h))) by (apply in_0_1_map; intros; apply sigmoid_range).
      unfold layer_moves in *. rewrite K. unfold layer_step in *.
      destruct (cell l); try discriminate; cbn [fst snd] in *; try (split; [now apply none_moved|exact I]);
        destruct (update_and_new on l x h) as [z n]; cbn [fst snd] in *; (split; [|exact I]); apply pairs_moved; congruence.
  Qed.

  Lemma layers_moved ls : forallb shaped_layer ls = true -> forall x hs cs,
    length hs = length (flat_map h0 ls) -> length cs = length (flat_map c0 ls) ->
    all_moved (fst (layers_moves on ls x hs cs)) hs (fst (layers_step on ls x hs cs))
    /\ all_moved (snd (layers_moves on ls x hs cs)) cs (snd (layers_step on ls x hs cs)).
  Proof.
    induction ls as [|l ls IH]; cbn [forallb flat_map]; [now intros _ x [|] [|]|].
    rewrite Bool.andb_true_iff. intros [L M] x hs cs. rewrite !app_length. intros H C.
    destruct (split_length _ _ _ H) as [H1 H2]. destruct (split_length _ _ _ C) as [C1 C2].
    destruct (layer_moved l x _ _ L H1 C1) as [E F]. rewrite layers_moves_cons. cbn zeta. cbn [layers_step].
    specialize (IH M (Below (fst (layer_step on l x (firstn (length (h0 l)) hs) (firstn (length (c0 l)) cs)))) _ _ H2 C2).
    destruct (layer_step on l x _ _) as [h c]. cbn [fst snd] in *. destruct IH as [I J].
    destruct (layers_step on ls _ _ _) as [h' c']. cbn [fst snd] in *.
    pose proof (all_moved_app _ _ _ _ _ _ E I) as P. pose proof (all_moved_app _ _ _ _ _ _ F J) as Q.
    rewrite firstn_skipn in P, Q. now split.
  Qed.

  Lemma register_moves s word : shaped net = true -> length s = length (initial net) ->
    all_moved (moves_of_step on net s word) s (step on net s word).
  Proof.
    intros H. unfold initial. rewrite app_length. intros L. destruct (split_length _ _ _ L) as [H1 H2].
    destruct (layers_moved (layers net) H (Word word) _ _ H1 H2) as [F G]. unfold moves_of_step, step.
    destruct (layers_moves on _ _ _ _) as [m n], (layers_step on _ _ _ _) as [h c]. cbn [fst snd] in *.
    pose proof (all_moved_app _ _ _ _ _ _ F G) as P. now rewrite firstn_skipn in P.
  Qed.
End Real_registers.

Section Related_registers.
  Context {S T : Type} (a : arithmetic S) (b : arithmetic T) (rel : S -> T -> Prop).
  Hypothesis R : related a b rel.
  Notation rels := (Forall2 rel).

  Definition move_related (m : option (S * S)) (n : option (T * T)) : Prop :=
    match m, n with
    | Some p, Some q => rel (fst p) (fst q) /\ rel (snd p) (snd q)
    | None, None => True
    | _, _ => False
    end.

  Lemma pairs_related p q : both_related rel p q -> Forall2 move_related (pairs p) (pairs q).
  Proof.
    intros [P Q]. apply (map_related (fun p q => rel (fst p) (fst q) /\ rel (snd p) (snd q)) move_related); [easy|].
    exact (combine_related rel rel _ _ P _ _ Q).
  Qed.

  Lemma layer_moves_related l x y h h' c c' : input_related rel x y -> rels h h' -> rels c c' ->
    Forall2 move_related (fst (layer_moves a l x h c)) (fst (layer_moves b l y h' c'))
    /\ Forall2 move_related (snd (layer_moves a l x h c)) (snd (layer_moves b l y h' c')).
  Proof.
    intros X H C. pose proof (pairs_related _ _ (forget_and_increment_related a b rel R l x y h c h' c' X H C)) as F.
    pose proof (pairs_related _ _ (update_and_new_related a b rel R l x y h h' X H)) as U.
    assert (N : Forall2 move_related (none_for (h0 l)) (none_for (h0 l))).
    { unfold none_for. induction (h0 l); constructor; [exact I|assumption]. }
    unfold layer_moves. destruct (cell l); cbn [fst snd has_cell]; split; try exact N; try exact F; try exact U; constructor.
  Qed.

  Lemma layers_moves_related ls : forall x y, input_related rel x y -> forall hs cs hs' cs', rels hs hs' -> rels cs cs' ->
    Forall2 move_related (fst (layers_moves a ls x hs cs)) (fst (layers_moves b ls y hs' cs'))
    /\ Forall2 move_related (snd (layers_moves a ls x hs cs)) (snd (layers_moves b ls y hs' cs')).
  Proof.
    induction ls as [|l ls IH]; intros x y X hs cs hs' cs' H C; [split; constructor|].
    pose proof (firstn_related _ (length (h0 l)) _ _ H) as H1. pose proof (firstn_related _ (length (c0 l)) _ _ C) as C1.
    rewrite !layers_moves_cons. cbn zeta. cbn [fst snd].
    destruct (layer_moves_related l x y _ _ _ _ X H1 C1) as [E F].
    destruct (IH (Below (fst (layer_step a l x (firstn (length (h0 l)) hs) (firstn (length (c0 l)) cs))))
      (Below (fst (layer_step b l y (firstn (length (h0 l)) hs') (firstn (length (c0 l)) cs'))))
      (proj1 (layer_step_related a b rel R l x y _ _ _ _ X H1 C1)) _ _ _ _
      (skipn_related _ (length (h0 l)) _ _ H) (skipn_related _ (length (c0 l)) _ _ C)) as [I J].
    split; now apply Forall2_app.
  Qed.

  Lemma moves_related net s t word : rels s t ->
    Forall2 move_related (moves_of_step a net s word) (moves_of_step b net t word).
  Proof.
    intros H. unfold moves_of_step.
    destruct (layers_moves_related (layers net) (Word word) (Word word) eq_refl _ _ _ _
      (firstn_related _ (length (flat_map h0 (layers net))) _ _ H) (skipn_related _ (length (flat_map h0 (layers net))) _ _ H)) as [E F].
    destruct (layers_moves a _ _ _ _), (layers_moves b _ _ _ _). exact (Forall2_app E F).
  Qed.
End Related_registers.

Section Known_registers.
  Context {T : Type} (net : network) (on : arithmetic T) (means : T -> (R -> R) -> Prop).
  Hypothesis S : sound net on means.
  Hypothesis shape : shaped net = true.

  (** What is known of A and B stands for functions with r' = A r + B, where A lies between 0 and 1. *)
  Theorem moves_stand known s word n A B : stands means known s -> length known = length (initial net) ->
    nth_error (moves_of_step on net known word) n = Some (Some (A, B)) ->
    exists fa fb, means A fa /\ means B fb /\ forall k, 0 <= fa k <= 1 /\
      nth n (step (reals net k) net (s k) word) 0 = fa k * nth n (s k) 0 + fb k.
  Proof.
    intros H L N. destruct (stands_functions net on means S known s H) as (fs & F & G).
    pose proof (moves_related _ _ _ (means_related _ _ _ S) net known fs word F) as M.
    destruct (related_nth _ _ _ _ _ M N) as ([[fa fb]|] & P & Q); [|contradiction]. destruct Q as [X Y].
    exists fa, fb. split; [exact X|]. split; [exact Y|]. intros k.
    pose proof (moves_related _ _ _ (pointwise_at net k) net fs (s k) word (G k)) as Q.
    destruct (related_nth _ _ _ _ _ Q P) as ([[a b]|] & V & U); [|contradiction]. destruct U as [U W]. cbn in U, W. subst a b.
    apply (all_moved_nth (moves_of_step (reals net k) net (s k) word) (s k) _ n (Some (fa k, fb k))); [|exact V].
    apply register_moves; [exact shape|]. rewrite <- L. apply H.
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
