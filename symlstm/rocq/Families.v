(** Decisions in the limit: families of situations, one for each value of some integers, the ghosts. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import Reals ZArith QArith Qreals List Lra Lia Bool.
From Interval Require Import Float.Basic Float.Sig Interval.Interval Real.Xreal.
From Symlstm Require Import Definitions Constants Limits Steps Known Machines.
Import ListNotations.
Local Open Scope R_scope.

(** Forms with whole numbers: constant, and ghosts with coefficients. *)
Definition whole_form : Set := Z * list (nat * Z).

(** A family: the ranges of the ghosts; limits of coordinates, constants whose atoms are those of the network, then the
    ghosts, then those of [moving]; places of the machine after the last prefixes, the newest first; that of the promise's. *)
Record family : Set := {
  ranges : list range;
  tending : list (nat * constant);
  places : list place;
  promise_place : option place }.

(** What follows: a family and the ghosts there, or nothing, since nothing is promised any more; by cuts, ghost <= t or > t. *)
Inductive tree : Set :=
  | Leaf (next : option (nat * list whole_form))
  | Cut (ghost : nat) (t : Z) (below above : tree).

(** Family 0 is the start, where the ghosts are [origin]; a tree for each family and word, and one for the readout. *)
Record families_proof : Set := {
  moving : list constant;
  origin : list Z;
  families : list family;
  trees : list (list tree);
  goals : list tree }.

Definition nowhere : family := {| ranges := []; tending := []; places := []; promise_place := None |}.

(** * Trees *)

Fixpoint put_at {A : Type} (n : nat) (y : A) (xs : list A) : list A :=
  match xs, n with [], _ => [] | _ :: xs, O => y :: xs | x :: xs, S n => x :: put_at n y xs end.

Definition is_empty (r : range) : bool := match r with (Some low, Some high) => (high <? low)%Z | _ => false end.

Section Trees.
  Variable check : list range -> option (nat * list whole_form) -> bool.

  Fixpoint leaves_ok (t : tree) (box : list range) : bool :=
    match t with
    | Leaf next => check box next
    | Cut j z below above =>
        match nth_error box j with
        | None => false
        | Some (low, high) =>
            let first := (low, Some (match high with Some h => Z.min z h | None => z end)) in
            let second := (Some (match low with Some l => Z.max (z + 1) l | None => (z + 1)%Z end), high) in
            (is_empty first || leaves_ok below (put_at j first box))
            && (is_empty second || leaves_ok above (put_at j second box))
        end
    end.

  Lemma put_at_ok g : forall box j r r', in_box box g -> nth_error box j = Some r ->
    (forall n, nth_error g j = Some n -> in_range r n -> in_range r' n) -> in_box (put_at j r' box) g.
  Proof.
    intros box j r r' B. revert j. induction B as [|s n box g S B IH]; intros [|j] E H; cbn in *; try discriminate.
    - injection E as ->. constructor; [now apply H|exact B].
    - constructor; [exact S|]. now apply IH.
  Qed.

  Lemma nth_range box g j r : in_box box g -> nth_error box j = Some r -> exists n, nth_error g j = Some n /\ in_range r n.
  Proof.
    intros B. revert j. induction B as [|s n box g S B IH]; intros [|j] E; cbn in *; try discriminate.
    - injection E as ->. now exists n.
    - now apply IH.
  Qed.

  Lemma not_empty r n : in_range r n -> is_empty r = false.
  Proof. destruct r as [[l|] [h|]]; cbn; try reflexivity. intros [L H]. cbn in L, H. apply Z.ltb_ge. lia. Qed.

  Lemma leaves_ok_at t : forall box g, leaves_ok t box = true -> in_box box g ->
    exists box' next, in_box box' g /\ check box' next = true.
  Proof.
    induction t as [next|j z below IHb above IHa]; intros box g H B; [now exists box, next|].
    cbn [leaves_ok] in H. destruct (nth_error box j) as [[low high]|] eqn:E; [|discriminate]. cbv zeta in H.
    rewrite andb_true_iff, !orb_true_iff in H. destruct H as [F S]. destruct (nth_range box g j _ B E) as (n & N & R).
    destruct (Z.le_gt_cases n z) as [L|L].
    - assert (I : in_range (low, Some (match high with Some h => Z.min z h | None => z end)) n).
      { destruct R as [R1 R2]. split; [exact R1|]. cbn in *. destruct high; cbn in *; lia. }
      destruct F as [F|F]; [now rewrite (not_empty _ _ I) in F|]. apply (IHb _ g F), (put_at_ok g box j _ _ B E).
      intros i M _. congruence.
    - assert (I : in_range (Some (match low with Some l => Z.max (z + 1) l | None => (z + 1)%Z end), high) n).
      { destruct R as [R1 R2]. split; [|exact R2]. cbn in *. destruct low; cbn in *; lia. }
      destruct S as [S|S]; [now rewrite (not_empty _ _ I) in S|]. apply (IHa _ g S), (put_at_ok g box j _ _ B E).
      intros i M _. congruence.
  Qed.
End Trees.

(** * Forms with whole numbers *)

Definition whole_value (g : list Z) (f : whole_form) : Z :=
  fold_right (fun t s => snd t * nth (fst t) g 0 + s)%Z (fst f) (snd f).

Definition as_form (f : whole_form) : form := (inject_Z (fst f), map (fun t => (fst t, inject_Z (snd t))) (snd f)).

Lemma as_form_value g f : (form_value (rationals g) (as_form f) == inject_Z (whole_value g f))%Q.
Proof.
  destruct f as [c ts]. unfold form_value, whole_value, as_form. cbn [fst snd]. induction ts as [|[j b] ts IH]; cbn [map fold_right fst snd].
  - reflexivity.
  - rewrite IH. unfold rationals. change 0%Q with (inject_Z 0). rewrite map_nth, <- inject_Z_mult, <- inject_Z_plus. reflexivity.
Qed.

Definition within (e : extent) (r : range) : bool :=
  match fst r with None => true | Some l => match fst e with Some x => Qle_bool (inject_Z l) x | None => false end end
  && match snd r with None => true | Some h => match snd e with Some x => Qle_bool x (inject_Z h) | None => false end end.

Lemma within_ok e r z : lies_in e (inject_Z z) -> within e r = true -> in_range r z.
Proof.
  unfold within, lies_in, in_range. rewrite andb_true_iff. intros [L H] [P Q]. split.
  - destruct (fst r); [|exact I]. destruct (fst e); [|discriminate]. apply Qle_bool_iff in P. rewrite Zle_Qle. now apply (Qle_trans _ q).
  - destruct (snd r); [|exact I]. destruct (snd e); [|discriminate]. apply Qle_bool_iff in Q. rewrite Zle_Qle. now apply (Qle_trans _ q).
Qed.

Fixpoint all_within (box : list range) (image : list whole_form) (rs : list range) : bool :=
  match image, rs with
  | [], [] => true
  | f :: image, r :: rs => within (ends_of box (as_form f)) r && all_within box image rs
  | _, _ => false
  end.

Lemma all_within_ok box g : in_box box g -> forall image rs, all_within box image rs = true ->
  in_box rs (map (whole_value g) image).
Proof.
  intros B image. induction image as [|f image IH]; intros [|r rs] H; try discriminate; [constructor|]. cbn in H.
  apply andb_true_iff in H. destruct H as [H1 H2]. constructor; [|now apply IH].
  apply (within_ok _ _ _ (lies_in_eq _ _ _ (as_form_value g f) (ends_of_ok box g _ B)) H1).
Qed.

Definition place_there (image : list whole_form) (p : place) : place := (fst p, map (compose (map as_form image)) (snd p)).

Lemma place_there_ok g image c p : is_at g c (place_there image p) -> is_at (map (whole_value g) image) c p.
Proof.
  destruct c as [s held], p as [s' fs]. unfold is_at, place_there. cbn [fst snd]. intros [E H]. split; [exact E|].
  revert held H. induction fs as [|f fs IH]; intros held H; inversion H as [|x f' xs fs' V W]; subst; constructor; [|now apply IH].
  rewrite V, compose_value. apply form_value_equal. clear.
  induction image as [|i image IH]; cbn [map rationals]; constructor; [apply as_form_value|exact IH].
Qed.

(** * Constants with other values for the ghosts *)

Lemma some_equal {A : Type} (x y : A) : Some x = Some y -> y = x.
Proof. congruence. Qed.

Section Put.
  Variables (fixed : nat) (table : list constant) (moving : list constant).

  Definition not_0 (n : nat) : bool := (n <? fixed)%nat.
  Definition below_fixed (c : constant) : bool := below fixed c.

  Definition tanh_in (ghosts : nat) (c : constant) : option constant :=
    match find_tanh 0 table c with Some d => Some d | None => find_tanh (fixed + ghosts) moving c end.

  Variable images : list (option constant).

  Fixpoint put_power (n : nat) (c d : constant) : constant :=
    match n with O => d | S n => times_where not_0 c (put_power n c d) end.

  Fixpoint put_product (p : product) : option constant :=
    match p with
    | [] => Some one
    | (n, z) :: p =>
        match put_product p with
        | None => None
        | Some d =>
            if (n <? fixed)%nat then Some (times_where not_0 [(1%Q, [(n, z)])] d)
            else match z, nth n images None with
                 | Z0, Some _ => Some d
                 | Zpos q, Some c => Some (put_power (Pos.to_nat q) c d)
                 | _, _ => None
                 end
        end
    end.

  Fixpoint put_terms (c : constant) : option constant :=
    match c with
    | [] => Some []
    | (q, p) :: c => match put_product p, put_terms c with Some d, Some e => Some (plus (scale q d) e) | _, _ => None end
    end.

  Definition put (c : constant) : option constant := if below_fixed c then Some c else put_terms c.

  (** The images are right: in A the atoms have values that the images have in B. *)
  Variables A B : list R.
  Hypothesis same : forall n, (n < fixed)%nat -> nth n A 1 = nth n B 1 /\ nth n B 1 <> 0.
  Hypothesis right : forall n c, nth n images None = Some c -> value B c = nth n A 1.

  Lemma times_not_0 c d : value B (times_where not_0 c d) = value B c * value B d.
  Proof. apply times_where_value. intros n N. apply Nat.ltb_lt in N. now apply same. Qed.

  Lemma put_power_value n c d : value B (put_power n c d) = value B c ^ n * value B d.
  Proof. induction n as [|n IH]; cbn [put_power pow]; [ring|]. rewrite times_not_0, IH. ring. Qed.

  Lemma put_product_value p : forall d, put_product p = Some d -> value B d = product_value A p.
  Proof.
    induction p as [|[n z] p IH]; cbn [put_product product_value]; intros d.
    - intros [= <-]. apply one_value.
    - destruct (put_product p) as [e|]; [|discriminate]. specialize (IH e eq_refl). destruct (Nat.ltb_spec n fixed) as [L|L].
      + intros E. apply some_equal in E. subst d. rewrite times_not_0, IH, (proj1 (same n L)). cbn. unfold Q2R; simpl. field.
      + destruct z as [|q|q]; try discriminate; destruct (nth n images None) as [c|] eqn:N; try discriminate; intros [= <-].
        * rewrite IH. cbn. ring.
        * rewrite put_power_value, IH, (right n c N). reflexivity.
  Qed.

  Lemma put_terms_value c : forall d, put_terms c = Some d -> value B d = value A c.
  Proof.
    induction c as [|[q p] c IH]; cbn [put_terms value]; intros d; [now intros [= <-]|].
    destruct (put_product p) as [e|] eqn:P; [|discriminate]. destruct (put_terms c) as [f|]; [|discriminate]. intros [= <-].
    rewrite plus_value, scale_value, (put_product_value p e P), (IH f eq_refl). reflexivity.
  Qed.

  Lemma put_value c d : put c = Some d -> value B d = value A c.
  Proof.
    unfold put. destruct (below_fixed c) eqn:F; [|apply put_terms_value]. intros [= <-].
    apply (below_value B A fixed); [|exact F]. intros n N. symmetry. now apply same.
  Qed.
End Put.

Fixpoint images_with (fixed : nat) (tanh_of : constant -> option constant) (table : list constant) (images : list (option constant)) :
  list (option constant) :=
  match table with
  | [] => images
  | c :: table =>
      images_with fixed tanh_of table
        (images ++ [match put fixed images c with Some d => tanh_of d | None => None end])
  end.

Lemma images_with_right fixed tanh_of B : (forall c d, tanh_of c = Some d -> value B d = tanh (value B c)) ->
  (forall n, (n < fixed)%nat -> nth n B 1 <> 0) -> forall table images known,
  length images = length known -> (fixed <= length known)%nat -> (forall n, (n < fixed)%nat -> nth n known 1 = nth n B 1) ->
  (forall n c, nth n images None = Some c -> value B c = nth n known 1) ->
  forall n c, nth n (images_with fixed tanh_of table images) None = Some c -> value B c = nth n (atom_values table known) 1.
Proof.
  intros T N. induction table as [|e table IH]; intros images known L F S R; cbn [images_with atom_values]; [exact R|].
  apply IH.
  - rewrite !app_length. cbn. lia.
  - rewrite app_length. lia.
  - intros n H. rewrite app_nth1 by lia. now apply S.
  - intros n c H. destruct (Nat.lt_ge_cases n (length known)) as [M|M].
    + rewrite app_nth1 in H by lia. rewrite app_nth1 by lia. now apply R.
    + rewrite app_nth2 in H by lia. rewrite app_nth2 by lia. rewrite L in H.
      destruct (n - length known)%nat as [|[|j]]; try discriminate. cbn in H |- *.
      destruct (put fixed images e) as [d|] eqn:P; [|discriminate]. rewrite (T d c H). f_equal.
      apply (put_value fixed images known B) with (c := e); [|exact R|exact P]. intros i I. split; [now apply S|now apply N].
Qed.

(** * The check *)

Lemma in_point g : in_box (map (fun z => (Some z, Some z)) g) g.
Proof. induction g; cbn; constructor; [split; apply Z.le_refl|assumption]. Qed.

Section Check.
  Variables (net : network) (delay : nat) (m : machine) (p : promise) (prf : families_proof).

  Let fixed := length (atoms net).
  Let ghosts := length (origin prf).
  Notation moving := (moving prf).

  Definition range_interval (prec : F.precision) (r : range) : I.type :=
    match r with
    | (Some low, Some high) => I.join (I.fromZ prec low) (I.fromZ prec high)
    | (Some low, None) => I.upper_extent (I.fromZ prec low)
    | (None, Some high) => I.lower_extent (I.fromZ prec high)
    | (None, None) => I.whole
    end.

  Definition atoms_on (prec : F.precision) (xs : list I.type) (box : list range) : list I.type :=
    atom_intervals prec moving (xs ++ map (range_interval prec) box).

  (** The intervals of all atoms on a box, by those of the network's. *)
  Definition context_on (ctx : context) (box : list range) : context :=
    match ctx with
    | [] => []
    | (prec, xs) :: more =>
        let ys := atoms_on prec (xs tt) box in
        (prec, fun _ => ys) :: map (fun e => (fst e, fun _ => atoms_on (fst e) (snd e tt) box)) more
    end.

  Definition find_atom : constant -> option constant := tanh_in fixed (atoms net) moving ghosts.

  Definition calculus_on (ctx : context) : calculus := Calculus (times_where (not_0 fixed)) (sign ctx) find_atom.

  Definition images_at (values : list constant) : list (option constant) :=
    images_with fixed find_atom moving (repeat None fixed ++ map Some values).

  (** The ghosts themselves, numbers where a range has one. *)
  Definition ghost_here (n : nat) (r : range) : constant :=
    match r with
    | (Some low, Some high) => if (low =? high)%Z then rational (inject_Z low) else [(1%Q, [((fixed + n)%nat, 1%Z)])]
    | _ => [(1%Q, [((fixed + n)%nat, 1%Z)])]
    end.

  Definition here (box : list range) : list constant :=
    map (fun nr => ghost_here (fst nr) (snd nr)) (combine (seq 0 (length box)) box).

  Definition ghost_there (values : list constant) (f : whole_form) : constant :=
    fold_right (fun t s => plus (scale (inject_Z (snd t)) (nth (fst t) values [])) s) (rational (inject_Z (fst f))) (snd f).

  Fixpoint limit_in (n : nat) (l : list (nat * constant)) : option constant :=
    match l with [] => None | (i, c) :: l => if Nat.eqb n i then Some c else limit_in n l end.

  Definition known_here (images : list (option constant)) (l : list (nat * constant)) : list known :=
    map (fun n => match limit_in n l with
                  | Some c => match put fixed images c with Some d => Near (exactly d) | None => Unknown end
                  | None => Unknown
                  end) (seq 0 (length (initial net))).

  Definition limit_ok (after : list known) (images : list (option constant)) (entry : nat * constant) : bool :=
    match bound_known (nth (fst entry) after Unknown), put fixed images (snd entry) with
    | Some x, Some c => is_exact x && equal (offset x) c
    | _, _ => false
    end.

  Definition family_at (q : nat) : family := nth q (families prf) nowhere.

  Definition leaf_ok (ctx : context) (f : family) (word : nat) (box : list range) (next : option (nat * list whole_form)) : bool :=
    match promise_moved p box (promise_place f) word, next with
    | Some ahead, None => dead p ahead
    | Some ahead, Some (q, image) =>
        let target := family_at q in
        let values := here box in
        let calc := calculus_on (context_on ctx box) in
        let before := images_at values in
        let later := images_at (map (ghost_there values) image) in
        let after := step (limits calc (below_fixed fixed)) net (known_here before (tending f)) word in
        (1 <=? q)%nat && (q <? length (families prf))%nat
        && all_within box image (ranges target)
        && match moved_window m delay box (places f) word with
           | Some ps => all_same (same_place box) (map (place_there image) (places target)) ps
           | None => false
           end
        && same_promise box (option_map (place_there image) (promise_place target)) ahead
        && forallb (limit_ok after later) (tending target)
    | None, _ => false
    end.

  Fixpoint readout_limit (ts : list (nat * constant)) (l : list (nat * constant)) : option constant :=
    match ts with
    | [] => Some []
    | (n, c) :: ts =>
        match limit_in n l, readout_limit ts l with
        | Some d, Some e => if below_fixed fixed c then Some (plus (times_where (not_0 fixed) c d) e) else None
        | _, _ => None
        end
    end.

  Definition start_ok : bool :=
    let f := family_at 0 in
    let images := images_at (map (fun z => rational (inject_Z z)) (origin prf)) in
    let box := map (fun z => (Some z, Some z)) (origin prf) in
    (0 <? length (families prf))%nat
    && all_within [] (map (fun z => (z, [])) (origin prf)) (ranges f)
    && all_same (same_place box) (places f) [at_start m]
    && same_promise box (promise_place f) (promise_start p)
    && forallb (fun e => (fst e <? length (initial net))%nat
         && match put fixed images (snd e) with
            | Some c => below_fixed fixed (nth (fst e) (initial net) []) && equal c (nth (fst e) (initial net) [])
            | None => false
            end) (tending f).

  Fixpoint moving_ok (n : nat) (table : list constant) : bool :=
    match table with [] => true | c :: table => below n c && moving_ok (S n) table end.

  Definition width : nat := length (vocabulary net).

  (** [goal] is asked of the family and the ranges on each leaf of its tree. *)
  Definition families_ok (goal : context -> family -> list range -> bool) : bool :=
    let ctx := context_of (atoms net) in
    table_ok ctx 0 (atoms net) && moving_ok (fixed + ghosts) moving && shaped net
    && start_ok
    && forallb (fun f => Nat.eqb (length (ranges f)) ghosts) (families prf)
    && forallb (fun q => forallb (fun w =>
         leaves_ok (leaf_ok ctx (family_at q) w) (nth w (nth q (trees prf) []) (Leaf None)) (ranges (family_at q)))
         (seq 0 width)) (seq 0 (length (families prf)))
    && forallb (fun q => (length (places (family_at q)) <=? delay)%nat
         || leaves_ok (fun box _ => unpromised p box (promise_place (family_at q)) || goal ctx (family_at q) box) (nth q (goals prf) (Leaf None)) (ranges (family_at q)))
         (seq 1 (length (families prf) - 1)).

  (** * It is enough *)

  Let A0 := atom_values (atoms net) [].
  Definition values_at (g : list Z) : list R := atom_values moving (A0 ++ map IZR g).

  Hypothesis table_right : table_ok (context_of (atoms net)) 0 (atoms net) = true.
  Hypothesis moving_right : moving_ok (fixed + ghosts) moving = true.
  Hypothesis shape : shaped net = true.

  Lemma fixed_length : length A0 = fixed.
  Proof. unfold A0. destruct (atom_values_app (atoms net) []) as (l & -> & L & _). exact L. Qed.

  Lemma known_prefix g n : (n < fixed)%nat -> nth n (A0 ++ map IZR g) 1 = nth n A0 1.
  Proof. intros H. apply app_nth1. now rewrite fixed_length. Qed.

  Lemma values_prefix g n : (n < fixed + length g)%nat -> nth n (values_at g) 1 = nth n (A0 ++ map IZR g) 1.
  Proof.
    intros H. unfold values_at. destruct (atom_values_app moving (A0 ++ map IZR g)) as (l & -> & _).
    apply app_nth1. now rewrite app_length, fixed_length, map_length.
  Qed.

  Lemma values_fixed g n : (n < fixed)%nat -> nth n (values_at g) 1 = nth n A0 1.
  Proof. intros H. rewrite values_prefix by lia. now apply known_prefix. Qed.

  Lemma values_ghost g n : (n < length g)%nat -> nth (fixed + n) (values_at g) 1 = IZR (nth n g 0%Z).
  Proof.
    intros H. rewrite values_prefix by lia. rewrite app_nth2 by (rewrite fixed_length; lia).
    rewrite fixed_length. replace (fixed + n - fixed)%nat with n by lia.
    rewrite (nth_indep _ 1 (IZR 0)) by now rewrite map_length. apply map_nth.
  Qed.

  Lemma values_not_0 g n : (n < fixed)%nat -> nth n (values_at g) 1 <> 0.
  Proof. intros H. rewrite values_fixed by exact H. now apply atoms_nonzero. Qed.

  Lemma number_below g c : below_fixed fixed c = true -> number net c = value (values_at g) c.
  Proof. intros H. apply (below_value _ _ fixed); [|exact H]. intros n N. symmetry. now apply values_fixed. Qed.

  Lemma moving_nth : forall t n i c, moving_ok n t = true -> nth_error t i = Some c -> below (n + i) c = true.
  Proof.
    induction t as [|d t IH]; intros n [|i] c H E; cbn in *; try discriminate; apply andb_true_iff in H; destruct H as [H1 H2].
    - injection E as ->. now rewrite Nat.add_0_r.
    - replace (n + S i)%nat with (S n + i)%nat by lia. now apply IH.
  Qed.

  Lemma find_atom_right g c d : length g = ghosts -> find_atom c = Some d ->
    value (values_at g) d = tanh (value (values_at g) c).
  Proof.
    intros G. unfold find_atom, tanh_in. destruct (find_tanh 0 (atoms net) c) as [e|] eqn:F.
    - intros [= <-]. revert F. apply find_tanh_right. intros i e' E. cbn [Nat.add].
      destruct (atom_is_tanh (atoms net) table_right i e' E) as [T _].
      destruct (table_ok_nth (atoms net) (atoms net) 0 i e' table_right E) as [B _].
      assert (I : (i < fixed)%nat) by (unfold fixed; apply nth_error_Some; congruence).
      rewrite values_fixed by exact I. unfold A0. rewrite T. f_equal. apply (below_value _ _ i); [|exact B].
      intros n N. symmetry. apply values_fixed. lia.
    - apply find_tanh_right. intros i e E. pose proof (moving_nth _ _ _ _ moving_right E) as B.
      unfold values_at. destruct (atom_values_app moving (A0 ++ map IZR g)) as (l & -> & L & H).
      assert (K : length (A0 ++ map IZR g) = (fixed + ghosts)%nat) by now rewrite app_length, fixed_length, map_length, G.
      rewrite app_nth2 by lia. replace (fixed + ghosts + i - length (A0 ++ map IZR g))%nat with i by lia.
      rewrite (H i e E). f_equal. apply (below_value _ _ (fixed + ghosts + i)); [|exact B].
      intros n N. destruct (Nat.lt_ge_cases n (fixed + ghosts)) as [M|M].
      + now rewrite (app_nth1 _ l), (app_nth1 _ (firstn i l)) by lia.
      + rewrite (app_nth2 _ l), (app_nth2 _ (firstn i l)) by lia. rewrite K. assert (J : (n - (fixed + ghosts) < i)%nat) by lia.
        assert (I : (i < length l)%nat) by (rewrite L; apply nth_error_Some; congruence).
        rewrite <- (firstn_skipn i l) at 2. rewrite app_nth1; [reflexivity|]. rewrite firstn_length. lia.
  Qed.

  Lemma range_contains prec r z : in_range r z -> encloses (range_interval prec r) (IZR z).
  Proof.
    destruct r as [[l|] [h|]]; intros [L H]; cbn in L, H; cbn [range_interval].
    - pose proof (I.join_correct (I.fromZ prec l) (I.fromZ prec h)) as J.
      assert (P : encloses (I.join (I.fromZ prec l) (I.fromZ prec h)) (IZR l)) by (apply J; left; apply I.fromZ_correct).
      assert (Q : encloses (I.join (I.fromZ prec l) (I.fromZ prec h)) (IZR h)) by (apply J; right; apply I.fromZ_correct).
      apply IZR_le in L, H. revert P Q.
      destruct (I.convert (I.join _ _)) as [|[|u] [|v]]; cbn; try tauto; intros; split; try tauto; lra.
    - apply (I.upper_extent_correct _ _ (IZR l)); [apply I.fromZ_correct|now apply IZR_le].
    - apply (I.lower_extent_correct _ _ (IZR h)); [apply I.fromZ_correct|now apply IZR_le].
    - apply I.whole_correct.
  Qed.

  Lemma atoms_on_right prec xs box g : enclosed xs A0 -> in_box box g -> enclosed (atoms_on prec xs box) (values_at g).
  Proof.
    intros X B. apply atom_intervals_contain, Forall2_app; [exact X|]. induction B; cbn; constructor; [now apply range_contains|assumption].
  Qed.

  Lemma context_on_right ctx box g : context_ok ctx A0 -> in_box box g -> context_ok (context_on ctx box) (values_at g).
  Proof.
    intros C B prec xs. destruct ctx as [|[q ys] more]; [intros []|]. cbn [context_on In]. intros [[= <- <-]|J].
    - apply atoms_on_right; [|exact B]. apply (C q). now left.
    - apply in_map_iff in J. destruct J as ([q' zs] & [= <- <-] & J). apply atoms_on_right; [|exact B]. apply (C q'). now right.
  Qed.

  Let ctx := context_of (atoms net).

  Lemma sign_right box g c s : in_box box g -> sign (context_on ctx box) c = Some s -> has_sign s (value (values_at g) c).
  Proof.
    intros B. unfold sign. destruct (is_zero c) eqn:Z; [intros [= <-]; now apply is_zero_value|].
    apply sign_by_ok, context_on_right; [apply context_of_ok|exact B].
  Qed.

  Lemma times_right g c d : value (values_at g) (times_where (not_0 fixed) c d) = value (values_at g) c * value (values_at g) d.
  Proof. apply times_where_value. intros n N. apply values_not_0. now apply Nat.ltb_lt. Qed.

  Lemma calculus_right box g : in_box box g -> length g = ghosts ->
    sound_for (values_at g) (calculus_on (context_on ctx box)).
  Proof.
    intros B G. split; [exact (times_right g)|]. split; [intros c s; now apply sign_right|]. intros c d. now apply find_atom_right.
  Qed.

  (** * Images *)

  (** Constants in the ghosts g that have the values of the ghosts g'. *)
  Definition ghost_values (g g' : list Z) (values : list constant) : Prop :=
    length values = length g' /\ forall n, value (values_at g) (nth n values []) = IZR (nth n g' 0%Z).

  Lemma images_right g g' values c d : length g = ghosts -> length g' = ghosts -> ghost_values g g' values ->
    put fixed (images_at values) c = Some d -> value (values_at g) d = value (values_at g') c.
  Proof.
    intros G G' [L V]. apply put_value.
    - intros n N. split; [|now apply values_not_0]. now rewrite !values_fixed.
    - apply images_with_right.
      + intros x y. now apply find_atom_right.
      + apply values_not_0.
      + rewrite !app_length, repeat_length, !map_length, fixed_length. lia.
      + rewrite app_length, fixed_length. lia.
      + intros n N. now rewrite known_prefix, values_fixed.
      + intros n e E. destruct (Nat.lt_ge_cases n fixed) as [H|H].
        * rewrite app_nth1 in E by now rewrite repeat_length. now rewrite nth_repeat in E.
        * rewrite app_nth2 in E by now rewrite repeat_length. rewrite repeat_length in E.
          rewrite app_nth2 by now rewrite fixed_length. rewrite fixed_length.
          assert (I : (n - fixed < length values)%nat).
          { destruct (Nat.lt_ge_cases (n - fixed) (length values)) as [I|I]; [exact I|].
            rewrite nth_overflow in E; [discriminate|]. now rewrite map_length. }
          rewrite (@nth_indep (option constant) _ _ None (Some [])) in E by now rewrite map_length.
          rewrite (map_nth Some) in E. injection E as <-.
          rewrite (nth_indep _ 1 (IZR 0)) by (rewrite map_length; lia). rewrite map_nth. apply V.
  Qed.

  Lemma ghost_here_right box g : in_box box g -> ghost_values g g (here box).
  Proof.
    intros B. assert (L : length box = length g) by exact (Forall2_same_length _ _ _ B). split.
    { unfold here. rewrite map_length, combine_length, seq_length. lia. }
    intros n. destruct (Nat.lt_ge_cases n (length box)) as [N|N].
    - unfold here. set (f := fun nr => ghost_here (fst nr) (snd nr)).
      rewrite (nth_indep _ [] (f (0%nat, anywhere))) by (rewrite map_length, combine_length, seq_length; lia).
      rewrite map_nth, combine_nth by now rewrite seq_length. rewrite seq_nth by exact N. unfold f. cbn [fst snd Nat.add].
      assert (R : in_range (nth n box anywhere) (nth n g 0%Z)).
      { clear -B N. revert n N. induction B; intros [|n] N; cbn in *; try lia; [assumption|]. apply IHB. lia. }
      assert (M : value (values_at g) [(1%Q, [((fixed + n)%nat, 1%Z)])] = IZR (nth n g 0%Z)).
      { cbn [value product_value]. rewrite values_ghost by lia. unfold Q2R. simpl. field. }
      unfold ghost_here. destruct (nth n box anywhere) as [[l|] [h|]]; try exact M. destruct (Z.eqb_spec l h) as [<-|]; [|exact M].
      rewrite rational_value. destruct R as [R1 R2]. cbn in R1, R2. replace (nth n g 0%Z) with l by lia. unfold Q2R. simpl. field.
    - rewrite !nth_overflow; [reflexivity|lia|]. unfold here. rewrite map_length, combine_length, seq_length. lia.
  Qed.

  Lemma ghost_there_right g values image : ghost_values g g values ->
    ghost_values g (map (whole_value g) image) (map (ghost_there values) image).
  Proof.
    intros [_ V]. split; [now rewrite !map_length|]. intros n. destruct (Nat.lt_ge_cases n (length image)) as [N|N].
    - rewrite (nth_indep _ [] (ghost_there values (0%Z, []))) by now rewrite map_length. rewrite map_nth.
      rewrite (nth_indep _ 0%Z (whole_value g (0%Z, []))) by now rewrite map_length. rewrite map_nth.
      destruct (nth n image (0%Z, [])) as [c ts]. unfold ghost_there, whole_value. cbn [fst snd].
      induction ts as [|[j b] ts IH]; cbn [fold_right fst snd].
      + rewrite rational_value. unfold Q2R. simpl. field.
      + rewrite plus_value, scale_value, IH, V, plus_IZR, mult_IZR. unfold Q2R. simpl. field.
    - rewrite !nth_overflow by now rewrite map_length. reflexivity.
  Qed.

  (** * The invariant *)

  Hypothesis ranges_right : forall q, (q < length (families prf))%nat -> length (ranges (family_at q)) = ghosts.
  Hypothesis start_right : start_ok = true.
  Hypothesis steps_right : forall q w, (q < length (families prf))%nat -> (w < width)%nat ->
    leaves_ok (leaf_ok ctx (family_at q) w) (nth w (nth q (trees prf) []) (Leaf None)) (ranges (family_at q)) = true.

  Definition lies (words : list nat) (q : nat) (g : list Z) : Prop :=
    (q < length (families prf))%nat /\ in_box (ranges (family_at q)) g
    /\ Forall2 (is_at g) (window m delay words) (places (family_at q))
    /\ promise_at p g words (promise_place (family_at q))
    /\ forall n c, In (n, c) (tending (family_at q)) -> near (fun k => nth n (run net k words) 0) (value (values_at g) c).

  Lemma near_exactly A c f : near f (value A c) -> Limits.holds A (exactly c) f.
  Proof.
    intros (t & T & H). unfold Limits.holds, exactly. cbn [slope offset wide error value]. repeat split; try lra.
    exists t. split; [exact T|]. intros k K. specialize (H k K). replace (0 * k + value A c) with (value A c) by ring. lra.
  Qed.

  Lemma run_length k words : length (run net k words) = length (initial net).
  Proof.
    induction words as [|w words IH] using rev_ind; [apply map_length|].
    unfold run. rewrite fold_left_app. cbn [fold_left]. fold (run net k words). rewrite step_length; assumption.
  Qed.

  Lemma start_lies : lies [] 0 (origin prf).
  Proof.
    pose proof start_right as S. unfold start_ok in S. rewrite !andb_true_iff, Nat.ltb_lt in S. destruct S as [[[[S1 S2] S3] S4] S5].
    set (box := map (fun z => (Some z, Some z)) (origin prf)) in *.
    pose proof (in_point (origin prf)) as B. fold box in B.
    split; [exact S1|]. split; [|split; [|split]].
    - apply (all_within_ok [] []) in S2; [|constructor]. rewrite map_map in S2. rewrite (map_ext _ (fun z => z)) in S2 by reflexivity.
      now rewrite map_id in S2.
    - apply (all_same_places box _ B _ _ _ S3). unfold window. cbn [length]. rewrite Nat.min_0_r.
      constructor; [apply at_start_ok|constructor].
    - apply (same_promise_ok p box _ B _ _ _ S4), promise_start_ok.
    - intros n c J. rewrite forallb_forall in S5. specialize (S5 _ J). cbn [fst snd] in S5. rewrite andb_true_iff, Nat.ltb_lt in S5.
      destruct S5 as [N P]. destruct (put _ _ c) as [d|] eqn:E; [|discriminate]. apply andb_true_iff in P. destruct P as [F Q].
      apply (equal_value (values_at (origin prf))) in Q. rewrite <- (number_below _ _ F) in Q.
      apply (images_right (origin prf) (origin prf)) in E; try reflexivity.
      + apply (near_equal _ (number net (nth n (initial net) []))); [congruence|].
        apply (near_ext (fun _ => number net (nth n (initial net) []))); [|apply near_constant].
        intros k K. unfold run. cbn [fold_left]. rewrite (nth_indep _ 0 (number net [])) by now rewrite map_length.
        symmetry. apply map_nth.
      + split; [now rewrite map_length|]. intros i. destruct (Nat.lt_ge_cases i (length (origin prf))) as [I|I].
        * rewrite (nth_indep _ [] (rational (inject_Z 0))) by now rewrite map_length.
          rewrite (map_nth (fun z => rational (inject_Z z))), rational_value. unfold Q2R. simpl. field.
        * rewrite !nth_overflow; [reflexivity|exact I|now rewrite map_length].
  Qed.

  Lemma limit_in_in n l c : limit_in n l = Some c -> In (n, c) l.
  Proof.
    induction l as [|[i d] l IH]; cbn; [discriminate|]. destruct (Nat.eqb_spec n i) as [->|]; [intros [= ->]; now left|]. intros H. right. now apply IH.
  Qed.

  Lemma known_stands g box l words : length g = ghosts -> in_box box g ->
    (forall n c, In (n, c) l -> near (fun k => nth n (run net k words) 0) (value (values_at g) c)) ->
    stands (means (values_at g)) (known_here (images_at (here box)) l) (fun k => run net k words).
  Proof.
    intros G B H. split; [intros k; unfold known_here; now rewrite run_length, map_length, seq_length|].
    intros n x E. unfold known_here in E. rewrite nth_error_map in E. destruct (nth_error (seq 0 _) n) as [i|] eqn:N; [|discriminate].
    assert (I : (n < length (seq 0 (length (initial net))))%nat) by (apply nth_error_Some; congruence).
    apply (nth_error_nth _ _ 0%nat) in N. rewrite seq_length in I. rewrite seq_nth in N by exact I. cbn in N. subst i.
    injection E as <-. destruct (limit_in n l) as [c|] eqn:L; [|exact Logic.I].
    destruct (put fixed (images_at (here box)) c) as [d|] eqn:P; [|exact Logic.I]. cbn [means].
    apply near_exactly. apply (images_right g g) in P; try exact G; [|now apply ghost_here_right]. rewrite P.
    apply H. now apply limit_in_in.
  Qed.

  Lemma step_lies words w q g : (w < width)%nat -> alive p (words ++ [w]) -> lies words q g ->
    exists q' g', lies (words ++ [w]) q' g' /\ (1 <= q')%nat.
  Proof.
    intros W V (Q & B & Ps & D & T). pose proof (steps_right q w Q W) as S.
    assert (G : length g = ghosts) by (rewrite <- (ranges_right q Q); symmetry; exact (Forall2_same_length _ _ _ B)).
    destruct (leaves_ok_at _ _ _ g S B) as (box & next & Bx & L). unfold leaf_ok in L.
    destruct (promise_moved p box (promise_place (family_at q)) w) as [ahead|] eqn:A; [|destruct next; discriminate].
    apply (promise_moved_ok p box g Bx words) in A; [|exact D].
    destruct next as [[q' image]|]; [|now apply (dead_ok p g _ _ A) in L].
    cbv zeta in L. rewrite !andb_true_iff, Nat.leb_le, Nat.ltb_lt in L. destruct L as [[[[[L1 L2] L3] L4] L5] L6].
    set (g' := map (whole_value g) image). exists q', g'. split; [|exact L1].
    pose proof (all_within_ok box g Bx _ _ L3) as B'. fold g' in B'.
    assert (G' : length g' = ghosts) by (rewrite <- (ranges_right q' L2); symmetry; exact (Forall2_same_length _ _ _ B')).
    split; [exact L2|]. split; [exact B'|]. split; [|split].
    - destruct (moved_window m delay box (places (family_at q)) w) as [ps|] eqn:M; [|discriminate].
      apply (moved_window_ok m delay box g words w _ _ Bx Ps) in M. apply (all_same_places box g Bx _ _ _ L4) in M.
      clear -M. revert M. generalize (window m delay (words ++ [w])). induction (places (family_at q')) as [|r rs IH]; intros cs M;
        inversion M as [|c r' cs' rs' X Y]; subst; constructor; [now apply place_there_ok|now apply IH].
    - apply (same_promise_ok p box g Bx _ _ _ L5) in A. unfold promise_at in A |- *. destruct p as [[dm da]|]; destruct (promise_place (family_at q')); cbn in A; try contradiction; [now apply place_there_ok|exact Logic.I].
    - intros n c J. rewrite forallb_forall in L6. specialize (L6 _ J). unfold limit_ok in L6. cbn [fst snd] in L6.
      set (calc := calculus_on (context_on ctx box)) in *.
      pose proof (limits_sound net (values_at g) calc (below_fixed fixed) (calculus_right box g Bx G) (number_below g)) as S'.
      pose proof (step_stands net _ _ S' _ _ w (known_stands g box _ words G Bx T)) as [_ St].
      destruct (bound_known (nth n _ Unknown)) as [x|] eqn:E; [|discriminate].
      destruct (put fixed _ c) as [d|] eqn:P; [|discriminate]. apply andb_true_iff in L6. destruct L6 as [X Y].
      apply (equal_value (values_at g)) in Y. apply (images_right g g') in P; try assumption; [|now apply ghost_there_right, ghost_here_right].
      set (after := step (limits calc _) net _ w) in *.
      apply (near_equal _ (value (values_at g) (offset x))); [congruence|].
      apply (exact_near (values_at g)); [exact X|].
      assert (N : (n < length after)%nat).
      { destruct (Nat.lt_ge_cases n (length after)) as [N|N]; [exact N|]. rewrite nth_overflow in E by exact N. discriminate. }
      specialize (St n _ (nth_error_nth' _ Unknown N)). apply bound_means in St. rewrite E in St. cbn [holds_if_known] in St.
      apply (holds_ext _ x (fun k => nth n (step (reals net k) net (run net k words) w) 0)); [|exact St].
      intros k K. unfold run. now rewrite fold_left_app.
  Qed.

  Lemma all_lie words : (forall w, In w words -> (w < width)%nat) -> alive p words -> exists q g, lies words q g.
  Proof.
    induction words as [|w words IH] using rev_ind; intros V P; [exists 0%nat, (origin prf); apply start_lies|].
    destruct IH as (q & g & H); [intros v J; apply V, in_or_app; now left|now apply (alive_before p words w)|].
    destruct (step_lies words w q g) as (q' & g' & G & _); [apply V, in_or_app; right; now left|exact P|exact H|now exists q', g'].
  Qed.

  Variable goal : context -> family -> list range -> bool.
  Hypothesis goals_right : forall q, (1 <= q < length (families prf))%nat -> (length (places (family_at q)) <=? delay)%nat = false ->
    leaves_ok (fun box _ => unpromised p box (promise_place (family_at q)) || goal ctx (family_at q) box)
      (nth q (goals prf) (Leaf None)) (ranges (family_at q)) = true.

  Lemma readout_near ts g q words x : lies words q g -> readout_limit ts (tending (family_at q)) = Some x ->
    near (fun k => read net ts (run net k words)) (value (values_at g) x).
  Proof.
    intros (_ & _ & _ & _ & T). revert x. induction ts as [|[n c] ts IH]; cbn [readout_limit read]; intros x.
    - intros [= <-]. apply near_constant.
    - destruct (limit_in n _) as [d|] eqn:L; [|discriminate]. destruct (readout_limit ts _) as [e|]; [|discriminate].
      destruct (below_fixed fixed c) eqn:F; [|discriminate]. intros [= <-].
      rewrite plus_value, times_right, <- (number_below g c F). apply near_plus_times; [|now apply IH].
      apply T. now apply limit_in_in.
  Qed.

  (** What is true after promised words: the goal, in the family and at the ghosts that they lead to. *)
  Definition arrives (words : list nat) (q : nat) (g : list Z) (box : list range) : Prop :=
    lies words q g /\ length g = ghosts /\ in_box box g /\ goal ctx (family_at q) box = true
    /\ is_at g (said_after m delay words) (last (places (family_at q)) (at_start m)).

  Theorem all_arrive words : promised_at_most None net delay p words -> exists q g box, arrives words q g box.
  Proof.
    intros (V & P & N & D & _). destruct words as [|w words _] using rev_ind; [cbn in N; lia|].
    pose proof (promised_alive p _ P) as Z.
    destruct (all_lie words) as (q & g & H); [intros v J; apply V, in_or_app; now left|now apply (alive_before p words w)|].
    destruct (step_lies words w q g) as (q' & g' & L & Q'); [apply V, in_or_app; right; now left|exact Z|exact H|].
    pose proof L as (Q & B & Ps & Pr & _).
    pose proof (Forall2_same_length _ _ _ Ps) as Len. rewrite window_length in Len.
    assert (Long : (length (places (family_at q')) <=? delay)%nat = false) by (apply Nat.leb_gt; lia).
    pose proof (goals_right q' (conj Q' Q) Long) as Go. destruct (leaves_ok_at _ _ _ g' Go B) as (box & _ & Bx & C).
    rewrite orb_true_iff in C. destruct C as [C|C]; [apply (unpromised_ok p box g' Bx _ _ Pr) in C; congruence|].
    exists q', g', box. split; [exact L|]. split; [rewrite <- (ranges_right q' Q); symmetry; exact (Forall2_same_length _ _ _ B)|].
    split; [exact Bx|]. split; [exact C|].
    apply (Forall2_last (is_at g') _ _ _ _ (at_start_ok m g')) in Ps. now rewrite window_last in Ps by exact D.
  Qed.
End Check.

(** * What is claimed of the limits *)

Lemma families_arrive net delay m p prf goal : families_ok net delay m p prf goal = true ->
  table_ok (context_of (atoms net)) 0 (atoms net) = true
  /\ (moving_ok (length (atoms net) + length (origin prf)) (moving prf) = true)
  /\ forall words, promised_at_most None net delay p words -> exists q g box, arrives net delay m p prf goal words q g box.
Proof.
  unfold families_ok. cbv zeta. rewrite !andb_true_iff, !forallb_forall. intros [[[[[[T M] S] St] R] L] G].
  split; [exact T|]. split; [exact M|]. apply (all_arrive net delay m p prf); try assumption.
  - intros q Q. apply Nat.eqb_eq, R. unfold family_at. now apply nth_In.
  - intros q w Q W. specialize (L q). rewrite in_seq, forallb_forall in L. apply L; [lia|]. apply in_seq. lia.
  - intros q Q Long. specialize (G q). rewrite in_seq, orb_true_iff in G. destruct G as [G|G]; [lia|congruence|exact G].
Qed.

Lemma numbered_in {A : Type} (xs : list A) : forall s n x, nth_error xs n = Some x -> In ((s + n)%nat, x) (combine (seq s (length xs)) xs).
Proof.
  induction xs as [|y xs IH]; intros s [|n] x E; cbn in *; try discriminate.
  - injection E as ->. left. f_equal. lia.
  - right. replace (s + S n)%nat with (S s + n)%nat by lia. now apply IH.
Qed.

Section Goals.
  Variables (net : network) (delay : nat) (m : machine) (p : promise) (prf : families_proof).
  Let fixed := length (atoms net).
  Notation place_of f := (last (places f) (at_start m)).

  Definition output_limit (o : list (nat * constant) * constant) (f : family) : option constant :=
    if below_fixed fixed (snd o) then option_map (plus (snd o)) (readout_limit net (fst o) (tending f)) else None.

  Fixpoint nonnegative_by (ctx : context) (c : constant) : bool :=
    match ctx with
    | [] => false
    | (prec, xs) :: ctx => match I.sign_large (interval prec (xs tt) c) with Xgt | Xeq => true | _ => nonnegative_by ctx c end
    end.

  (** The gap between a limit and the threshold, on the side that the machine says. *)
  Definition side_goal (terms : list (nat * constant)) (a : acceptance) (threshold : constant)
    (right_side : context -> constant -> bool) (ctx : context) (f : family) (box : list range) : bool :=
    below_fixed fixed threshold &&
    match readout_limit net terms (tending f), accepted a box (place_of f) with
    | Some x, Some true => right_side (context_on prf ctx box) (minus x threshold)
    | Some x, Some false => right_side (context_on prf ctx box) (minus threshold x)
    | _, _ => false
    end.

  Definition is_above (ctx : context) (c : constant) : bool := match sign ctx c with Some Gt => true | _ => false end.
  Definition is_above_by (margin : Q) (ctx : context) (c : constant) : bool :=
    let d := minus c (rational margin) in is_zero d || nonnegative_by ctx d.

  Definition form_constant (values : list constant) (f : form) : constant :=
    fold_right (fun t s => plus (scale (snd t) (nth (fst t) values [])) s) (rational (fst f)) (snd f).

  Definition number_goal (o : list (nat * constant) * constant) (values : list form) (ctx : context) (f : family)
    (box : list range) : bool :=
    let ghosts := here net box in
    match output_limit o f with
    | None => false
    | Some x =>
        match put fixed (images_at net prf ghosts) x with
        | None => false
        | Some y => equal y (form_constant ghosts (compose (snd (place_of f)) (nth (fst (place_of f)) values (number_form 0))))
        end
    end.

  Definition choice_goal (os : list (list (nat * constant) * constant)) (choices : list nat) (ctx : context) (f : family)
    (box : list range) : bool :=
    let said := nth (fst (place_of f)) choices 0%nat in
    let on := context_on prf ctx box in
    match nth_error os said with
    | None => false
    | Some o =>
        match output_limit o f with
        | None => false
        | Some x =>
            forallb (fun no => Nat.eqb (fst no) said
                       || match output_limit (snd no) f with Some y => is_above on (minus x y) | None => false end)
              (combine (seq 0 (length os)) os)
        end
    end.

  Section Reached.
    Variable goal : context -> family -> list range -> bool.
    Hypothesis ok : families_ok net delay m p prf goal = true.
    Variables (words : list nat) (q : nat) (g : list Z) (box : list range).
    Hypothesis there : arrives net delay m p prf goal words q g box.
    Let A := values_at net prf g.
    Let f := family_at prf q.
    Let on := context_on prf (context_of (atoms net)) box.

    Lemma tends_to f' x : near f' x -> is_lim f' p_infty x.
    Proof. intros (t & T & H). exact (tiny_limit _ _ t T H). Qed.

    Lemma readout_tends terms x : readout_limit net terms (tending f) = Some x -> readout_tends_to net terms words (value A x).
    Proof.
      destruct there as [L _]. intros R. destruct (families_arrive _ _ _ _ _ _ ok) as (T & _).
      apply tends_to. exact (readout_near net delay m p prf T terms g q words x L R).
    Qed.

    Lemma output_tends o x : output_limit o f = Some x -> output_tends_to net o words (value A x).
    Proof.
      destruct there as [L _]. unfold output_limit. destruct (below_fixed fixed (snd o)) eqn:F; [|discriminate].
      destruct (readout_limit net (fst o) (tending f)) as [r|] eqn:R; [|discriminate]. cbn [option_map]. intros [= <-].
      destruct (families_arrive _ _ _ _ _ _ ok) as (T & _). rewrite plus_value. apply tends_to.
      unfold A. rewrite <- (number_below net prf g (snd o) F), <- (Rmult_1_l (number net (snd o))).
      apply (near_ext (fun k => 1 * number net (snd o) + read net (fst o) (run net k words))); [intros k _; unfold output; ring|].
      apply near_plus_times; [apply near_constant|exact (readout_near net delay m p prf T (fst o) g q words r L R)].
    Qed.

    Lemma above_value c : is_above on c = true -> 0 < value A c.
    Proof.
      destruct there as (_ & _ & B & _). destruct (families_arrive _ _ _ _ _ _ ok) as (T & _).
      unfold is_above. destruct (sign on c) as [s|] eqn:S; [|discriminate]. apply (sign_right net prf box g c s B) in S. now destruct s.
    Qed.

    Lemma nonnegative_value ctx c : context_ok ctx A -> nonnegative_by ctx c = true -> 0 <= value A c.
    Proof.
      intros C. induction ctx as [|[prec xs] ctx IH]; cbn [nonnegative_by]; [discriminate|].
      assert (H : encloses (interval prec (xs tt) c) (value A c)) by (apply interval_contains, (C prec); now left).
      pose proof (I.sign_large_correct (interval prec (xs tt) c)) as S.
      assert (R : nonnegative_by ctx c = true -> 0 <= value A c) by (apply IH; intros r ys J; apply (C r); now right).
      destruct (I.sign_large (interval prec (xs tt) c)); try exact R; intros _.
      - specialize (S _ H). injection S as ->. apply Rle_refl.
      - exact (proj2 (S _ H)).
    Qed.

    Lemma above_by_value margin c : is_above_by margin on c = true -> Q2R margin <= value A c.
    Proof.
      destruct there as (_ & _ & B & _). unfold is_above_by. cbv zeta. rewrite orb_true_iff.
      assert (V : value A (minus c (rational margin)) = value A c - Q2R margin) by now rewrite minus_value, rational_value.
      intros [Z|N].
      - apply (is_zero_value A) in Z. lra.
      - apply nonnegative_value in N; [lra|]. apply context_on_right; [apply context_of_ok|exact B].
    Qed.

    Lemma says a b : accepted a box (place_of f) = Some b -> says_yes a (said_after m delay words) = b.
    Proof. destruct there as (_ & _ & B & _ & P). now apply (accepted_ok box g B). Qed.

    Lemma form_constant_value values h : ghost_values net prf g g values ->
      value A (form_constant values h) = Q2R (form_value (rationals g) h).
    Proof.
      intros [_ V]. destruct h as [c ts]. unfold form_constant, form_value. cbn [fst snd].
      induction ts as [|[j b] ts IH]; cbn [fold_right fst snd]; [apply rational_value|].
      rewrite plus_value, scale_value, IH, V, Q2R_plus, Q2R_mult. f_equal. f_equal.
      unfold rationals. change 0%Q with (inject_Z 0). rewrite map_nth. unfold Q2R. simpl. field.
    Qed.

    Lemma number_value values o : number_goal o values (context_of (atoms net)) f box = true ->
      output_tends_to net o words (Q2R (number_said values (said_after m delay words))).
    Proof.
      destruct there as (_ & G & B & _ & [P1 P2]). destruct (families_arrive _ _ _ _ _ _ ok) as (T & M & _).
      unfold number_goal. cbv zeta. destruct (output_limit o f) as [x|] eqn:O; [|discriminate].
      destruct (put fixed _ x) as [y|] eqn:Y; [|discriminate]. intros E. apply (equal_value A) in E.
      pose proof (ghost_here_right net prf box g B) as H.
      rewrite (form_constant_value _ _ H), (Qeq_eqR _ _ (compose_value _ _ _)) in E.
      apply (images_right net prf T M g g) in Y; try assumption. unfold number_said. rewrite P1.
      rewrite (Qeq_eqR _ _ (form_value_equal _ _ _ (held_equal g _ _ P2))). fold f. change (0%Q, []) with (number_form 0).
      rewrite <- E. unfold A. rewrite Y. now apply output_tends.
    Qed.
  End Reached.

  Theorem decides_right terms a threshold :
    families_ok net delay m p prf (side_goal terms a threshold is_above) = true -> decides net terms delay m a p threshold.
  Proof.
    intros ok words Pr. destruct (families_arrive _ _ _ _ _ _ ok) as (_ & _ & H). destruct (H words Pr) as (q & g & box & R).
    pose proof R as (_ & _ & _ & Go & _). unfold side_goal in Go. apply andb_true_iff in Go. destruct Go as [F Go].
    destruct (readout_limit net terms _) as [x|] eqn:X; [|discriminate]. exists (value (values_at net prf g) x).
    split; [exact (readout_tends _ ok words q g box R terms x X)|]. unfold sides, accepts.
    destruct (accepted a box _) as [b|] eqn:Ac; [|discriminate]. apply (says _ words q g box R) in Ac.
    unfold said_after in Ac. rewrite Ac, (number_below net prf g threshold F).
    destruct b; apply (above_value _ ok words q g box R) in Go; rewrite minus_value in Go; lra.
  Qed.

  Theorem decides_by_right terms a threshold margin :
    (compares Greater margin 0 && families_ok net delay m p prf (side_goal terms a threshold (is_above_by margin)) = true) ->
    decides_by net terms delay m a p threshold margin.
  Proof.
    rewrite andb_true_iff. intros [Positive ok]. split.
    { cbn in Positive. destruct (Qcompare_spec margin 0) as [| |C]; try discriminate. apply Qlt_Rlt in C. unfold Q2R at 1 in C. cbn in C. lra. }
    intros words Pr. destruct (families_arrive _ _ _ _ _ _ ok) as (_ & _ & H). destruct (H words Pr) as (q & g & box & R).
    pose proof R as (_ & _ & _ & Go & _). unfold side_goal in Go. apply andb_true_iff in Go. destruct Go as [F Go].
    destruct (readout_limit net terms _) as [x|] eqn:X; [|discriminate]. exists (value (values_at net prf g) x).
    split; [exact (readout_tends _ ok words q g box R terms x X)|].
    destruct (accepted a box _) as [b|] eqn:Ac; [|discriminate]. apply (says _ words q g box R) in Ac. rewrite Ac, (number_below net prf g threshold F).
    destruct b; apply (above_by_value _ words q g box R) in Go; rewrite minus_value in Go; lra.
  Qed.

  Theorem computes_by_right o values :
    families_ok net delay m p prf (number_goal o values) = true -> computes_by net o delay m values p.
  Proof.
    intros ok words Pr. destruct (families_arrive _ _ _ _ _ _ ok) as (_ & _ & H). destruct (H words Pr) as (q & g & box & R).
    pose proof R as (_ & _ & _ & Go & _). exact (number_value _ ok words q g box R values o Go).
  Qed.

  Theorem chooses_right os choices :
    families_ok net delay m p prf (choice_goal os choices) = true -> chooses net os delay m choices p.
  Proof.
    intros ok words Pr. destruct (families_arrive _ _ _ _ _ _ ok) as (_ & _ & H). destruct (H words Pr) as (q & g & box & R).
    pose proof R as (_ & _ & _ & Go & P & _). unfold choice_goal in Go. cbv zeta in Go. unfold choice_said. rewrite P.
    set (said := nth _ choices 0%nat) in *. destruct (nth_error os said) as [o|] eqn:O; [|discriminate].
    destruct (output_limit o (family_at prf q)) as [x|] eqn:X; [|discriminate]. rewrite forallb_forall in Go.
    split; [apply nth_error_Some; congruence|].
    exists (fun n => match nth_error os n with
                     | Some o => match output_limit o (family_at prf q) with Some y => value (values_at net prf g) y | None => 0 end
                     | None => 0
                     end).
    intros n o' N. rewrite N, O, X. assert (J : In (n, o') (combine (seq 0 (length os)) os)) by exact (numbered_in os 0 n o' N).
    specialize (Go _ J). cbn [fst snd] in Go. apply orb_true_iff in Go. destruct Go as [E|Go].
    - apply Nat.eqb_eq in E. subst n. rewrite O in N. injection N as <-. rewrite X.
      split; [exact (output_tends _ ok words q g box R o x X)|congruence].
    - destruct (output_limit o' (family_at prf q)) as [y|] eqn:Y; [|discriminate].
      split; [exact (output_tends _ ok words q g box R o' y Y)|]. intros _.
      apply (above_value _ ok words q g box R) in Go. rewrite minus_value in Go. lra.
  Qed.
End Goals.

(** * The checkers, with what they check in the order of the statements *)

Definition decides_ok net terms delay m a p threshold prf : bool :=
  families_ok net delay m p prf (side_goal net m prf terms a threshold is_above).

Theorem check_decides net terms delay m a p threshold prf :
  decides_ok net terms delay m a p threshold prf = true -> decides net terms delay m a p threshold.
Proof. apply decides_right. Qed.

Definition decides_by_ok net terms delay m a p threshold margin prf : bool :=
  compares Greater margin 0 && families_ok net delay m p prf (side_goal net m prf terms a threshold (is_above_by margin)).

Theorem check_decides_by net terms delay m a p threshold margin prf :
  decides_by_ok net terms delay m a p threshold margin prf = true -> decides_by net terms delay m a p threshold margin.
Proof. apply decides_by_right. Qed.

Definition computes_by_ok net o delay m values p prf : bool :=
  families_ok net delay m p prf (number_goal net m prf o values).

Theorem check_computes_by net o delay m values p prf :
  computes_by_ok net o delay m values p prf = true -> computes_by net o delay m values p.
Proof. apply computes_by_right. Qed.

Definition chooses_ok net os delay m choices p prf : bool :=
  families_ok net delay m p prf (choice_goal net m prf os choices).

Theorem check_chooses net os delay m choices p prf :
  chooses_ok net os delay m choices p prf = true -> chooses net os delay m choices p.
Proof. apply chooses_right. Qed.
