(* ---- That a delta rule is the gradient ----
   Dual numbers carry a value and a tangent: how the value moves along a direction. *)
Declare Scope dual_scope.
Delimit Scope dual_scope with dual.
Section DualNumbers.
Variable R : realFieldType.
Definition dual := (R * R)%type.
Definition steady (x : R) : dual := (x, 0).
Definition dual_add (a b : dual) : dual := (a.1 + b.1, a.2 + b.2).
Definition dual_subtract (a b : dual) : dual := (a.1 - b.1, a.2 - b.2).
Definition dual_opposite (a : dual) : dual := (- a.1, - a.2).
Definition dual_multiply (a b : dual) : dual := (a.1 * b.1, a.1 * b.2 + a.2 * b.1).
Definition dual_divide (a b : dual) : dual := (a.1 / b.1, a.2 / b.1 - a.1 * b.2 / (b.1 * b.1)).
Definition dual_sum (n : nat) (F : nat -> dual) : dual := (\sum_(x < n) (F x).1, \sum_(x < n) (F x).2).
(* Through a function f whose derivative is f'; of two arguments the second is a number: it does not move. *)
Definition through (f f' : R -> R) (a : dual) : dual := (f a.1, f' a.1 * a.2).
Definition through2 (f f' : R -> R -> R) (a : dual) (y : R) : dual := (f a.1 y, f' a.1 y * a.2).
End DualNumbers.
Notation "a + b" := (dual_add a b) : dual_scope.
Notation "a - b" := (dual_subtract a b) : dual_scope.
Notation "- a" := (dual_opposite a) : dual_scope.
Notation "a * b" := (dual_multiply a b) : dual_scope.
Notation "a / b" := (dual_divide a b) : dual_scope.
Notation "\sum_ ( i < n ) F" := (dual_sum n (fun i => F)) : dual_scope.

Module Adjoint.
(* ==== Reverse mode is right ====
   From here to `is_gradient`: what makes `adjoint` a proof. It may be skipped by who trusts Coq. *)

(* The derivative of a function: the next function, itself, 1 / x, 1 / (2 f), - f f f / 2, 1 - f f, 0. *)
Inductive slope := Prime | Itself | Reciprocal | Root | Cube | Square | Flat.

(* A rule: its statements, of which the first so many are the forward pass; which is the loss; which statements and
   tensors do not move; which statements are put in where they are named, all others being values of which nothing is
   known; for each statement that the loss depends on the one that is its gradient; the same for tensors, with the
   indices of the tensor. *)
Record rule := Rule
  { steps_of : seq statement; forward : nat; loss_of : nat; still_values : seq nat; still_tensors : seq nat;
    shown : seq nat; value_gradients : seq (nat * nat); tensor_gradients : seq (nat * nat * seq variable);
    reciprocal : nat; slope_of : nat -> slope; rule_dimensions : nat; rule_least : seq nat }.

Section Syntax.
Variable r : rule.
Local Notation step := (nth (Statement [::] [::] (Number 0 1)) (steps_of r)).

(* What the claim is about are entries of four kinds: of tensors, their tangents, of values, their tangents. *)
Definition entry (kind x : nat) (v : seq variable) : formula := Input (4 * x + kind) [::] v.
Fixpoint settled (f : formula) : bool :=
  match f with
  | Size _ => true
  | Number n _ => ~~ (n =? 0)%coqZ
  | Multiply f g => settled f && settled g
  | _ => false
  end.
Definition reverse (f : formula) : formula := Apply (reciprocal r) f (Number 0 1).
(* The same over tensors and values; what is divided by is a function's argument. *)
Fixpoint seal (f : formula) : formula :=
  match f with
  | Value _ _ | Number _ _ | Size _ => f
  | Input t cs v => Input (4 * t) cs v
  | Add f g => Add (seal f) (seal g)
  | Subtract f g => Subtract (seal f) (seal g)
  | Multiply f g => Multiply (seal f) (seal g)
  | Divide f g => if settled g then Divide (seal f) g else Multiply (seal f) (reverse (seal g))
  | Opposite f => Opposite (seal f)
  | Apply s f g => Apply s (seal f) (seal g)
  | Sum s ps f => Sum s ps (seal f)
  | At a p f => At a p (seal f)
  | Only a c f => Only a c (seal f)
  end.
Definition over (f g : formula) : formula := if settled g then Divide f g else Multiply f (reverse (seal g)).
Definition slope_formula (s : nat) (f g : formula) : formula :=
  let a := Apply s f g in
  match slope_of r s with
  | Prime => Apply s.+1 f g
  | Itself => a
  | Reciprocal => reverse f
  | Root => reverse (Multiply (Number 2 1) a)
  | Cube => Opposite (Divide (Multiply (Multiply a a) a) (Number 2 1))
  | Square => Subtract (Number 1 1) (Multiply a a)
  | Flat => Number 0 1
  end.
Fixpoint tangent (f : formula) : formula :=
  match f with
  | Value s v => if s \in still_values r then Number 0 1 else entry 3 s v
  | Input t _ v => if t \in still_tensors r then Number 0 1 else entry 1 t v
  | Number _ _ | Size _ => Number 0 1
  | Add f g => Add (tangent f) (tangent g)
  | Subtract f g => Subtract (tangent f) (tangent g)
  | Multiply f g => Add (Multiply (seal f) (tangent g)) (Multiply (tangent f) (seal g))
  | Divide f g => Subtract (over (tangent f) g) (over (over (Multiply (seal f) (tangent g)) g) g)
  | Opposite f => Opposite (tangent f)
  | Apply s f g => Multiply (slope_formula s (seal f) (seal g)) (tangent f)
  | Sum s ps f => Sum s ps (tangent f)
  | At _ _ _ | Only _ _ _ => Number 0 1
  end.
(* What does not move. *)
Fixpoint is_still (f : formula) : bool :=
  match f with
  | Value s _ => s \in still_values r
  | Input t _ _ => t \in still_tensors r
  | Number _ _ | Size _ => true
  | Add f g | Subtract f g | Multiply f g | Divide f g | Apply _ f g => is_still f && is_still g
  | Opposite f | Sum _ _ f => is_still f
  | At _ _ _ | Only _ _ _ => false
  end.
(* A formula of the forward pass that reads values before the n-th; second arguments do not move. *)
Fixpoint is_forward (n : nat) (f : formula) : bool :=
  match f with
  | Value s v => (s < n)%N && (size v == size (indices (step s)))
  | Input _ cs _ => if cs is [::] then true else false
  | Number _ _ | Size _ => true
  | Add f g | Subtract f g | Multiply f g | Divide f g => is_forward n f && is_forward n g
  | Apply _ f g => [&& is_forward n f, is_forward n g & is_still g]
  | Opposite f => is_forward n f
  | Sum _ ps f => (if ps is [::] then true else false) && is_forward n f
  | At _ _ _ | Only _ _ _ => false
  end.

Definition sealed : seq statement :=
  [seq Statement (indices (step s)) [::]
       (if s \in shown r then seal (computes (step s)) else entry 2 s (indices (step s)))
    | s <- iota 0 (size (steps_of r))].
Definition total (scope : seq variable) (f : formula) : formula := foldr (fun v => Sum v.1 [::]) f scope.
Definition add_all (fs : seq formula) : formula := foldr Add (Number 0 1) fs.
Definition handed_value (p : nat * nat) : formula :=
  let scope := indices (step p.1) in total scope (Multiply (seal (computes (step p.2))) (entry 3 p.1 scope)).
Definition handed_tensor (p : nat * nat * seq variable) : formula :=
  total p.2 (Multiply (seal (computes (step p.1.2))) (entry 1 p.1.1 p.2)).
Definition received (p : nat * nat) : formula :=
  let: here := step p.1 in
  total (indices here) (Multiply (Value p.2 (indices (step p.2))) (tangent (computes here))).
(* What the values and tensors are handed, times how they move, is what the values have, times how they move. *)
Definition balance : claim :=
  Claim [::] (Add (add_all (map handed_value (value_gradients r))) (add_all (map handed_tensor (tensor_gradients r))))
             (Add (tangent (computes (step (loss_of r)))) (add_all (map received (value_gradients r)))).
Definition forward_steps : seq nat := rcons (iota 0 (forward r)) (loss_of r).
Definition adjoint : bool :=
  [&& accepted (Theory [::] (rule_least r) (rule_dimensions r) sealed [::] [::] [:: balance]),
      all (fun s => [&& (s < size (steps_of r))%N, uniq (indices (step s)) &
                        is_forward (minn s (forward r)) (computes (step s))]) forward_steps,
      all (fun s => (s < forward r)%N && is_still (computes (step s))) (still_values r),
      all (fun p => (p.1 < forward r)%N && (p.2 < size (steps_of r))%N) (value_gradients r),
      all (fun p => (p.1.2 < size (steps_of r))%N) (tensor_gradients r) &
      indices (step (loss_of r)) == [::]].
End Syntax.

Section Meaning.
Variables (R : realFieldType) (w : world R) (r : rule).
(* The tangents of tensors; values with their tangents. *)
Variables (tangents : nat -> seq nat -> R) (duals : nat -> seq nat -> dual R).
Implicit Types e : environment.
Local Notation step := (nth (Statement [::] [::] (Number 0 1)) (steps_of r)).

Definition slope_at (s : nat) (x y : R) : R :=
  let a := functions w s x y in
  match slope_of r s with
  | Prime => functions w s.+1 x y
  | Itself => a
  | Reciprocal => x^-1
  | Root => (2%:R * a)^-1
  | Cube => - (a * a * a / 2%:R)
  | Square => 1 - a * a
  | Flat => 0
  end.
Fixpoint evaluate_dual e (f : formula) : dual R :=
  match f with
  | Value s v => duals s [seq look e i | i <- v]
  | Input t _ v => (inputs w t [seq look e i | i <- v], tangents t [seq look e i | i <- v])
  | Number n d => steady (number R n d)
  | Size s => steady (sizes w s)%:R
  | Add f g => dual_add (evaluate_dual e f) (evaluate_dual e g)
  | Subtract f g => dual_subtract (evaluate_dual e f) (evaluate_dual e g)
  | Multiply f g => dual_multiply (evaluate_dual e f) (evaluate_dual e g)
  | Divide f g => dual_divide (evaluate_dual e f) (evaluate_dual e g)
  | Opposite f => dual_opposite (evaluate_dual e f)
  | Apply s f g => through2 (functions w s) (slope_at s) (evaluate_dual e f) (evaluate w e g)
  | Sum s _ f => dual_sum (sizes w s) (fun x => evaluate_dual (bind s x e) f)
  | At _ _ _ | Only _ _ _ => steady 0
  end.
Definition moves (s : nat) : Prop :=
  forall e, duals s [seq look e i | i <- indices (step s)] = evaluate_dual e (computes (step s)).
Fixpoint all_move (l : seq nat) : Prop := if l is s :: l then moves s /\ all_move l else True.
Fixpoint all_still (l : seq nat) : Prop := if l is t :: l then (forall v, tangents t v = 0) /\ all_still l else True.
(* Sums over the indices of a scope. *)
Fixpoint over_all (scope : seq variable) e (F : environment -> R) : R :=
  if scope is v :: scope then \sum_(x < sizes w v.1) over_all scope (bind v.1 x e) F else F e.
Fixpoint added (xs : seq R) : R := match xs with [::] => 0 | [:: x] => x | x :: xs => x + added xs end.
(* The gradients of all tensors times the direction. *)
Definition slope_along : R :=
  added [seq over_all p.2 (fun _ _ => 0%N) (fun e =>
      values w p.1.2 [::] [seq look e i | i <- indices (step p.1.2)] * tangents p.1.1 [seq look e i | i <- p.2])
    | p <- tensor_gradients r].
Definition around : world R :=
  World (sizes w) (parts w) (owners w) (axes w)
    (fun k v => match (k %% 4)%N with
       | 0 => inputs w (k %/ 4)%N v | 1 => tangents (k %/ 4)%N v
       | 2 => values w (k %/ 4) [::] v | _ => (duals (k %/ 4)%N v).2 end)
    (fun k => elsewhere w (k %/ 4)%N) (functions w) (values w).

Hypothesis reciprocal_is : forall x y, functions w (reciprocal r) x y = x^-1.
Hypothesis still_ok : all_still (still_tensors r).
Hypothesis no_axes : axes w = [::].

Lemma kind_entry kind x : (kind < 4)%N -> ((4 * x + kind) %% 4 = kind /\ (4 * x + kind) %/ 4 = x)%N.
Proof. by move=> lt; rewrite mulnC modnMDl modn_small // divnMDl // divn_small // addn0. Qed.
Lemma evaluate_entry e kind x v : (kind < 4)%N ->
  evaluate around e (entry kind x v) =
  let xs := [seq look e i | i <- v] in
  match kind with 0 => inputs w x xs | 1 => tangents x xs | 2 => values w x [::] xs | _ => (duals x xs).2 end.
Proof.
move=> lt; have [Em Ed] := kind_entry x lt; rewrite /entry; cbn [evaluate all_hold].
by rewrite /around; cbn [inputs]; rewrite Em Ed.
Qed.
Lemma all_hold_around e cs : all_hold around e cs = all_hold w e cs.
Proof. by elim: cs => // c [|d cs] //= ->. Qed.
Lemma seal_value f e : evaluate around e (seal r f) = evaluate w e f.
Proof.
elim: f e => //=.
- move=> t cs v e; rewrite all_hold_around mulnC modnMl mulnK //.
- by move=> a IHa b IHb e; rewrite IHa IHb.
- by move=> a IHa b IHb e; rewrite IHa IHb.
- by move=> a IHa b IHb e; rewrite IHa IHb.
- move=> a IHa b IHb e; case E: (settled b) => /=; last by rewrite reciprocal_is IHa IHb.
  rewrite IHa; congr (_ / _).
  by elim: b E {IHb} => //= f IHf g IHg /andP [/IHf -> /IHg ->].
- by move=> a IHa e; rewrite IHa.
- by move=> s a IHa b IHb e; rewrite IHa IHb.
- by move=> s ps a IHa e; apply: eq_big => [x|x _]; [rewrite all_hold_around|rewrite IHa].
- by move=> a c f IHf e; rewrite IHf.
Qed.
Lemma settled_value b e : settled b -> evaluate around e b = evaluate w e b.
Proof. by elim: b => //= f IHf g IHg /andP [/IHf -> /IHg ->]. Qed.
Lemma over_value e f g : evaluate around e (over r f g) = evaluate around e f / evaluate w e g.
Proof.
rewrite /over; case E: (settled g); first by rewrite -(settled_value e E).
rewrite -[LHS]/(evaluate around e f * functions w (reciprocal r) (evaluate around e (seal r g)) 0).
by rewrite reciprocal_is seal_value.
Qed.
Lemma slope_value e s f g : evaluate around e (slope_formula r s (seal r f) (seal r g)) =
  slope_at s (evaluate w e f) (evaluate w e g).
Proof. by rewrite /slope_formula /slope_at; case: (slope_of r s) => /=; rewrite ?reciprocal_is ?seal_value. Qed.
Lemma still_tensor t v : t \in still_tensors r -> tangents t v = 0.
Proof. by elim: (still_tensors r) still_ok => //= u l IH [z /IH {}IH]; rewrite inE => /orP [/eqP ->|]. Qed.

(* What is known of the values before the n-th. *)
Definition agree n := forall s xs, (s < n)%N -> size xs = size (indices (step s)) ->
  (duals s xs).1 = values w s [::] xs /\ (s \in still_values r -> (duals s xs).2 = 0).
Lemma no_rank e : rank_of w e = [::]. Proof. by rewrite /rank_of no_axes. Qed.
Lemma dual_value n f e : agree n -> is_forward r n f -> (evaluate_dual e f).1 = evaluate w e f.
Proof.
move=> ok; elim: f e => //=.
- by move=> s v e /andP [lt /eqP E]; rewrite no_rank; apply: (proj1 (ok _ _ lt _)); rewrite size_map.
- by move=> t [].
- by move=> a IHa b IHb e /andP [/IHa -> /IHb ->].
- by move=> a IHa b IHb e /andP [/IHa -> /IHb ->].
- by move=> a IHa b IHb e /andP [/IHa -> /IHb ->].
- by move=> a IHa b IHb e /andP [/IHa -> /IHb ->].
- by move=> a IHa e /IHa ->.
- by move=> s a IHa b IHb e /andP [/IHa ->].
- by move=> s [|//] a IHa e /= ha; apply: eq_bigr => x _; rewrite IHa.
Qed.
Lemma still_dual n f e : agree n -> is_forward r n f -> is_still r f -> (evaluate_dual e f).2 = 0.
Proof.
move=> ok; elim: f e => //=.
- by move=> s v e /andP [lt /eqP E] st; apply: (proj2 (ok _ _ lt _)) => //; rewrite size_map.
- by move=> t cs v e _; exact: still_tensor.
- by move=> a IHa b IHb e /andP [fa fb] /andP [sa sb]; rewrite IHa // IHb // addr0.
- by move=> a IHa b IHb e /andP [fa fb] /andP [sa sb]; rewrite IHa // IHb // subr0.
- by move=> a IHa b IHb e /andP [fa fb] /andP [sa sb]; rewrite IHa // IHb // mulr0 mul0r addr0.
- by move=> a IHa b IHb e /andP [fa fb] /andP [sa sb]; rewrite IHa // IHb // mulr0 !mul0r subr0.
- by move=> a IHa e fa sa; rewrite IHa // oppr0.
- by move=> s a IHa b IHb e /and3P [fa fb _] /andP [sa sb]; rewrite IHa // mulr0.
- by move=> s [|//] a IHa e /= fa sa; rewrite big1 // => x _; rewrite IHa.
Qed.
Lemma tangent_value n f e : agree n -> is_forward r n f -> evaluate around e (tangent r f) = (evaluate_dual e f).2.
Proof.
move=> ok; elim: f e => /=.
- move=> s v e /andP [lt /eqP E]; case: ifP => st; last by rewrite evaluate_entry.
  by apply/esym/(proj2 (ok _ _ lt _)) => //; rewrite size_map.
- by move=> t cs v e _; case: ifP => st; [apply/esym/still_tensor|rewrite evaluate_entry].
- by [].
- by [].
- by move=> a IHa b IHb e /andP [/IHa -> /IHb ->].
- by move=> a IHa b IHb e /andP [/IHa -> /IHb ->].
- move=> a IHa b IHb e /andP [fa fb]; rewrite !seal_value IHa // IHb //.
  by rewrite (dual_value e ok fa) (dual_value e ok fb).
- move=> a IHa b IHb e /andP [fa fb]; rewrite !over_value /= seal_value IHa // IHb //.
  by rewrite (dual_value e ok fa) (dual_value e ok fb) invfM mulrA.
- by move=> a IHa e /IHa ->.
- move=> s a IHa b IHb e /and3P [fa fb sb]; rewrite slope_value IHa //.
  by rewrite (dual_value e ok fa).
- by move=> s [|//] a IHa e /= fa; apply: eq_bigr => x _; rewrite IHa.
- by [].
- by [].
Qed.

Lemma look_places (l : seq variable) xs : uniq l -> size xs = size l -> [seq look (places (zip l xs)) i | i <- l] = xs.
Proof.
elim: l xs => [|v l IH] [|x xs] //= /andP [nv ul] [sz]; congr (_ :: _); first by rewrite /look /= !eqxx.
rewrite -[RHS](IH _ ul sz); apply/eq_in_map => u ul'; rewrite /look /=.
case: ifP => // /andP [/eqP E1 /eqP E2]; case/negP: nv.
by move: ul'; rewrite (surjective_pairing u) E1 E2 -surjective_pairing.
Qed.

Lemma follows_step k (l : seq statement) : follows w k l -> forall s, (s < size l)%N -> forall e,
  let st := nth (Statement [::] [::] (Number 0 1)) l s in
  values w (k + s) (rank_of w e) [seq look e i | i <- indices st] = evaluate w e (computes st).
Proof.
elim: l k => [|st l IH] k //= [E fo] [|s] lt e /=; first by rewrite addn0.
by rewrite addnS -addSn; exact: IH.
Qed.
Lemma steps_follow (v : world R) k (l : seq statement) :
  (forall s, (s < size l)%N -> forall e, let st := nth (Statement [::] [::] (Number 0 1)) l s in
     values v (k + s) (rank_of v e) [seq look e i | i <- indices st] = evaluate v e (computes st)) ->
  follows v k l.
Proof.
elim: l k => [|st l IH] k //= H; split=> [e|]; first by have := H 0%N isT e; rewrite addn0.
by apply: IH => s lt e /=; have := H s.+1 lt e; rewrite addnS addSn.
Qed.

Lemma all_moveP l s : all_move l -> s \in l -> moves s.
Proof. by elim: l => //= u l IH [m /IH {}IH]; rewrite inE => /orP [/eqP ->|]. Qed.

Hypothesis parts_none : parts w = [::].
Hypothesis populated_w : populated w (rule_least r).
Hypothesis follows_w : follows w 0 (steps_of r).
Hypothesis moves_w : all_move (forward_steps r).

Lemma follow_step s e : (s < size (steps_of r))%N ->
  values w s [::] [seq look e i | i <- indices (step s)] = evaluate w e (computes (step s)).
Proof. by move=> lt; rewrite -(follows_step follows_w lt) add0n no_rank. Qed.

Lemma over_all_ext scope e F G : (forall e, F e = G e) -> over_all scope e F = over_all scope e G.
Proof. by move=> E; elim: scope e => //= v scope IH e; apply: eq_bigr => x _. Qed.
Lemma total_value scope f e : evaluate around e (total scope f) = over_all scope e (fun e => evaluate around e f).
Proof. by elim: scope e => //= v scope IH e; apply: eq_bigr => x _; rewrite IH. Qed.
Lemma add_all_value (T : Type) (F : T -> formula) l e :
  evaluate around e (add_all (map F l)) = added [seq evaluate around e (F x) | x <- l].
Proof.
elim: l => //= x l ->; case: l => [|y l] //=; by rewrite addr0.
Qed.

Theorem is_gradient : adjoint r -> (duals (loss_of r) [::]).2 = slope_along.
Proof.
case/and5P => acc fwd stl /allP vgr /andP [/allP tgr /eqP lossi].
have fwdP s : s \in forward_steps r ->
    [/\ (s < size (steps_of r))%N, uniq (indices (step s)) & is_forward r (minn s (forward r)) (computes (step s))].
  by move=> sin; have /and3P [] := allP fwd s sin.
have inF s : (s < forward r)%N -> s \in forward_steps r.
  by move=> lt; rewrite /forward_steps mem_rcons inE mem_iota lt orbT.
have ag : agree (forward r).
  have: forall n, (n <= forward r)%N -> agree n; last by apply.
  elim=> [|n IH] le //; have {}IH := IH (ltnW le) => s xs; rewrite ltnS leq_eqVlt => /orP [/eqP ->|]; last exact: IH.
  move=> sz; have [lt un fo] := fwdP n (inF n le).
  rewrite (minn_idPl (ltnW le)) in fo.
  have Es := look_places un sz; have := all_moveP moves_w (inF n le) (places (zip (indices (step n)) xs)).
  rewrite Es => ->; split; first by rewrite (dual_value _ IH fo) -follow_step // Es.
  by move=> nin; apply: (still_dual _ IH fo); have /andP [] := allP stl n nin.
have lin : loss_of r \in forward_steps r by rewrite /forward_steps mem_rcons inE eqxx.
have agm n : (n <= forward r)%N -> agree n by move=> le s xs lt; apply: ag; exact: leq_trans lt le.
have mv s : s \in forward_steps r -> forall e,
    evaluate around e (tangent r (computes (step s))) = (duals s [seq look e i | i <- indices (step s)]).2.
  move=> sin e; have [_ _ fo] := fwdP s sin.
  by rewrite (tangent_value e (agm _ (geq_minr _ _)) fo) -(all_moveP moves_w sin).
have fo : follows around 0 (sealed r).
  apply: steps_follow => s; rewrite size_map size_iota => lt e.
  rewrite add0n (nth_map 0%N) ?size_iota // nth_iota // add0n /=.
  rewrite -[rank_of around e]/(rank_of w e) no_rank; case: ifP => _; last by rewrite evaluate_entry.
  by rewrite seal_value follow_step.
have C := @certified R around _ acc parts_none populated_w fo I I.
have {}C := C _ 0%N (fun _ _ => 0%N) isT; rewrite /= no_axes in C.
have {}C := C isT.
move: C; rewrite !add_all_value; set e0 := (fun _ _ => 0%N) : environment.
rewrite (mv _ lin) lossi /=.
have -> : [seq evaluate around e0 (handed_value r x) | x <- value_gradients r] =
          [seq evaluate around e0 (received r x) | x <- value_gradients r].
  apply/eq_in_map => p pin; have /andP [lt1 lt2] := vgr p pin.
  rewrite /handed_value /received !total_value; apply: over_all_ext => e.
  rewrite -[LHS]/(evaluate around e (seal r _) * evaluate around e (entry 3 _ _)) evaluate_entry //.
  rewrite -[RHS]/(values w p.2 (rank_of w e) _ * evaluate around e (tangent r _)) no_rank.
  by rewrite seal_value -follow_step // (mv _ (inF _ lt1)).
rewrite addrC => /addIr <-; rewrite /slope_along; congr added; apply/eq_in_map => p pin.
rewrite /handed_tensor total_value; apply: over_all_ext => e.
rewrite -[LHS]/(evaluate around e (seal r _) * evaluate around e (entry 1 _ _)) evaluate_entry //.
by rewrite seal_value -follow_step //; exact: tgr.
Qed.
End Meaning.
End Adjoint.
Export Adjoint.
