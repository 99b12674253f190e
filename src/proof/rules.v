From Coq Require Import Ring Field.
From mathcomp Require Import all_ssreflect all_algebra.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

(* Rules: each is an equality of sums over finite types. *)
Section Rules.
Variables (R : comRingType) (I Q : finType).

(* The sum over ranks q of the sum over own(i) = q is the sum over all i. *)
Lemma merge (own : I -> Q) (F : Q -> I -> R) :
  \sum_q \sum_(i | own i == q) F q i = \sum_i F (own i) i.
Proof.
rewrite [RHS](partition_big own xpredT) //=.
by apply: eq_bigr => q _; apply: eq_bigr => i /eqP ->.
Qed.
Lemma merge_last (P : pred I) (own : I -> Q) (F : Q -> I -> R) :
  \sum_q \sum_(i | P i && (own i == q)) F q i = \sum_(i | P i) F (own i) i.
Proof.
rewrite [RHS](partition_big own xpredT) //=.
by apply: eq_bigr => q _; apply: eq_bigr => i /andP[_ /eqP ->].
Qed.
Lemma merge_first (P : pred I) (own : I -> Q) (F : Q -> I -> R) :
  \sum_q \sum_(i | (own i == q) && P i) F q i = \sum_(i | P i) F (own i) i.
Proof.
rewrite -(merge_last P own F); apply: eq_bigr => q _; apply: eq_bigl => i.
by rewrite andbC.
Qed.
Lemma merge_middle (P P' : pred I) (own : I -> Q) (F : Q -> I -> R) :
  \sum_q \sum_(i | P i && (own i == q) && P' i) F q i = \sum_(i | P i && P' i) F (own i) i.
Proof.
rewrite -(merge_last (fun i => P i && P' i) own F).
by apply: eq_bigr => q _; apply: eq_bigl => i; rewrite andbAC.
Qed.

(* Only one rank has a value: the sum over ranks is that value. *)
Lemma merge_only (c : Q) (F : Q -> R) : \sum_q (if q == c then F q else 0) = F c.
Proof. by rewrite -big_mkcond big_pred1_eq. Qed.
Lemma merge_only_sym (c : Q) (F : Q -> R) : \sum_q (if c == q then F q else 0) = F c.
Proof. by rewrite -[RHS]merge_only; apply: eq_bigr => q _; rewrite eq_sym. Qed.

(* A sum over ranks of what no rank changes: as many times as there are ranks. *)
Lemma merge_same (a : R) : \sum_(q : Q) a = #|Q|%:R * a.
Proof. by rewrite mulr_natl -sumr_const. Qed.

(* What only one rank has stays so in products and sums. *)
Lemma only_left (b : bool) (x y : R) : (if b then x else 0) * y = if b then x * y else 0.
Proof. by case: b; rewrite ?mul0r. Qed.
Lemma only_right (b : bool) (x y : R) : y * (if b then x else 0) = if b then y * x else 0.
Proof. by case: b; rewrite ?mulr0. Qed.
Lemma only_opposite (b : bool) (x : R) : - (if b then x else 0) = if b then - x else 0.
Proof. by case: b; rewrite ?oppr0. Qed.
Lemma only_sum (b : bool) (F : I -> R) :
  \sum_i (if b then F i else 0) = if b then \sum_i F i else 0.
Proof. by case: b => //; rewrite big1_eq. Qed.
Lemma only_sum_part (b : bool) (P : pred I) (F : I -> R) :
  \sum_(i | P i) (if b then F i else 0) = if b then \sum_(i | P i) F i else 0.
Proof. by case: b => //; rewrite big1_eq. Qed.
Lemma only_known (b : bool) (x x' y : R) :
  (b -> x = x') -> (if b then x else y) = if b then x' else y.
Proof. by case: b => // ->. Qed.
End Rules.

(* Ranks further along an axis of n ranks, by their coordinates. *)
Section Ranks.
Variables (n a b : nat).
Lemma rank_after : (inZp a + inZp b : 'I_n.+1) = inZp (a + b)%N.
Proof. by apply: val_inj; rewrite /= modnDm. Qed.
Lemma rank_before : (b <= a)%N -> (inZp a - inZp b : 'I_n.+1) = inZp (a - b)%N.
Proof.
move=> le_b_a; apply/eqP; rewrite subr_eq; apply/eqP/val_inj.
by rewrite /= modnDm subnK.
Qed.
Lemma rank_differs : (a < n.+1)%N -> (b < n.+1)%N -> a != b -> (inZp a == inZp b :> 'I_n.+1) = false.
Proof. by move=> ? ? /negbTE <-; rewrite -val_eqE /= !modn_small. Qed.
End Ranks.

(* The operations of a ring with their ring in plain sight, for the tactics ring and field. *)
Section Plain.
Variable R : comRingType.
Definition padd (x y : R) : R := x + y.
Definition pmul (x y : R) : R := x * y.
Definition popp (x : R) : R := - x.
Definition psub (x y : R) : R := x - y.
Definition pzero : R := 0.
Definition pone : R := 1.
Lemma plain_ring : ring_theory pzero pone padd pmul psub popp eq.
Proof.
split; [exact: add0r | exact: addrC | exact: addrA | exact: mul1r | exact: mulrC | exact: mulrA
       | exact: mulrDl | by [] | exact: subrr].
Qed.
End Plain.
Section PlainField.
Variable R : fieldType.
Definition pinv (x : R) : R := x^-1.
Definition pdiv (x y : R) : R := pmul x (pinv y).
Lemma plain_field :
  field_theory (pzero R) (pone R) (@padd R) (@pmul R) (@psub R) (@popp R) pdiv pinv eq.
Proof.
split; [exact: plain_ring | exact/eqP/oner_neq0 | by []
       | by move=> p /eqP ?; rewrite /pmul /pinv mulVf].
Qed.
End PlainField.
(* R is the ring; F the same as a field, or tt. *)
Ltac plain R F t := lazymatch t with
  | @GRing.add _ ?a ?b => let a := plain R F a in let b := plain R F b in constr:(@padd R a b)
  | @GRing.mul _ ?a ?b => let a := plain R F a in let b := plain R F b in constr:(@pmul R a b)
  | @GRing.opp _ ?a => let a := plain R F a in constr:(@popp R a)
  | @GRing.inv _ ?a => lazymatch F with
    | tt => constr:(t : R)
    | _ => let a := plain R F a in constr:(@pinv F a)
    end
  | @GRing.natmul _ ?a 1%N => plain R F a
  | @GRing.natmul ?Z ?a (S ?n) =>
    let x := plain R F a in let y := plain R F constr:(@GRing.natmul Z a n) in constr:(@padd R x y)
  | @GRing.exp _ ?a 1%N => plain R F a
  | @GRing.exp ?Z ?a (S ?n) =>
    let x := plain R F a in let y := plain R F constr:(@GRing.exp Z a n) in constr:(@pmul R x y)
  | @GRing.zero _ => constr:(pzero R)
  | @GRing.one _ => constr:(pone R)
  | _ => constr:(t : R)
  end.

(* Sizes that are not zero cancel. *)
Section Sizes.
Variables (R : fieldType) (c x : R).
Hypothesis nonzero : c != 0.
Lemma cancel_left : c * (x / c) = x. Proof. by rewrite mulrC divfK. Qed.
Lemma cancel_right : x / c * c = x. Proof. by rewrite divfK. Qed.
Lemma cancel_product : c * x / c = x. Proof. by rewrite mulrC mulKf. Qed.
Lemma cancel_swapped (d : R) : d != 0 -> x * c / d * (d / c) = x.
Proof. by move=> ?; rewrite mulrA divfK // mulfK. Qed.
Lemma cancel_product_right : x * c / c = x. Proof. by rewrite mulfK. Qed.
End Sizes.

(* The entry where the owner is: what a rank holds of a tensor. *)
Lemma held (R : Type) (b : bool) (x y : R) : b = true -> (if b then x else y) = x.
Proof. by move=> ->. Qed.

Create HintDb shards.
Create HintDb sizes.

(* Sums and sizes are one thing to algebra: those that are convertible get one name. *)
Ltac name_sums := repeat match goal with
  | |- context [@bigop ?A ?I ?z ?s ?F] => let sum := fresh in set sum := (@bigop A I z s F)
  | |- context [@GRing.natmul ?Z ?x ?n] => lazymatch n with
    | O => fail
    | S _ => fail
    | _ => let size := fresh in set size := (@GRing.natmul Z x n)
    end
  end.

(* Set anew in every certificate: equal by algebra alone; what is known of the ranks that it names; the
   definitions of the delta rule. *)
Ltac by_algebra := fail.
Ltac known_ranks := idtac.
Ltac unfold_rule := idtac.

Ltac known_owners := repeat match goal with
  | H : is_true true |- _ => clear H
  | H : is_true (_ && _) |- _ => case/andP: H => ? ?
  | H : is_true (_ == _) |- _ => move/eqP in H
  end.

Ltac known := solve [known_owners; auto 1 with shards nocore].

Ltac size := by auto 1 with sizes nocore.
(* What the tactic field asks for: that divisors are not zero. *)
Ltac nonzero := repeat split; apply/eqP; size.

(* For a goal a = ?b: puts the parts of a together, from the inside out; ?b becomes the outcome. *)
Ltac together := first
  [ known
  | match goal with
    | |- bigop _ _ _ = _ => etransitivity; [apply: eq_bigr => ? ?; cbv beta; together | together_here]
    | |- _ + _ = _ => etransitivity; [apply: congr2; cbv beta; together | together_here]
    | |- _ * _ = _ => etransitivity; [apply: congr2; cbv beta; together | together_here]
    | |- - _ = _ => etransitivity; [apply: congr1; cbv beta; together | together_here]
    | |- ?f _ _ = _ => etransitivity; [apply: (congr2 f); cbv beta; together | together_here]
    | |- ?f _ = _ => etransitivity; [apply: (congr1 f); cbv beta; together | together_here]
    end
  | etransitivity; [apply: only_known => ?; cbv beta; together | together_here]
  | together_here
  | reflexivity ]
with together_here := rewrite ?big_split /=;
  rewrite ?only_left ?only_right ?only_opposite ?only_sum ?only_sum_part;
  rewrite ?merge ?merge_last ?merge_first ?merge_middle ?merge_only ?merge_only_sym;
  rewrite -?big_distrl -?big_distrr /=;
  rewrite ?merge ?merge_last ?merge_first ?merge_middle;
  rewrite ?eqxx; known_ranks; rewrite ?eqxx /=;
  repeat first [rewrite merge_same
    | rewrite cancel_swapped; [idtac | by size | by size]
    | rewrite cancel_left; last by size | rewrite cancel_right; last by size
    | rewrite cancel_product; last by size
    | rewrite cancel_product_right; last by size];
  reflexivity.

(* Both sides have one shape once the parts are put together: compare piece by piece. *)
Ltac same := first
  [ reflexivity
  | known
  | match goal with
    | |- bigop _ _ _ = bigop _ _ _ => apply: eq_bigr => ? ?; cbv beta; same
    | |- _ + _ = _ + _ => congr (_ + _); same
    | |- _ * _ = _ * _ => congr (_ * _); same
    | |- - _ = - _ => congr (- _); same
    | |- ?f _ _ = ?f _ _ => congr (f _ _); same
    | |- ?f _ = ?f _ => congr (f _); same
    end
  | by_algebra
  | case: ifP => ?; same
  | match goal with
    | |- ?l = ?r => match l with context [@bigop ?A ?I ?z ?s ?F] => match r with context [@bigop A I z s ?G] =>
        first [constr_eq F G; fail 1 | idtac];
        let alike := fresh in
        have alike : @bigop A I z s F = @bigop A I z s G by apply: eq_bigr => ? ?; cbv beta; same;
        rewrite {}alike; same
      end end
    end ].
Ltac equal_values := first
  [ same
  | etransitivity; [together | same]
  | etransitivity; [together | symmetry; etransitivity; [together | symmetry; same]]
  | etransitivity; [together | unfold_rule; same] ].
