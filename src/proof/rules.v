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
End Rules.

(* Sizes that are not zero cancel. *)
Section Sizes.
Variables (R : fieldType) (c x : R).
Hypothesis nonzero : c != 0.
Lemma cancel_left : c * (x / c) = x. Proof. by rewrite mulrC divfK. Qed.
Lemma cancel_right : x / c * c = x. Proof. by rewrite divfK. Qed.
Lemma cancel_product : c * x / c = x. Proof. by rewrite mulrC mulKf. Qed.
Lemma cancel_product_right : x * c / c = x. Proof. by rewrite mulfK. Qed.
End Sizes.

(* The entry where the owner is: what a rank holds of a tensor. *)
Lemma held (R : Type) (b : bool) (x y : R) : b = true -> (if b then x else y) = x.
Proof. by move=> ->. Qed.

Create HintDb shards.
Create HintDb sizes.

Ltac known_owners := repeat match goal with
  | H : is_true true |- _ => clear H
  | H : is_true (_ && _) |- _ => case/andP: H => ? ?
  | H : is_true (_ == _) |- _ => move/eqP in H
  end.

Ltac known := solve [known_owners; auto 1 with shards nocore].

(* For a goal a = ?b: puts the parts of a together, from the inside out; ?b becomes the outcome. *)
Ltac together := first
  [ known
  | match goal with
    | |- bigop _ _ _ = _ => etransitivity; [apply: eq_bigr => ? ?; together | together_here]
    | |- _ + _ = _ => etransitivity; [apply: congr2; together | together_here]
    | |- _ * _ = _ => etransitivity; [apply: congr2; together | together_here]
    | |- - _ = _ => etransitivity; [apply: congr1; together | together_here]
    | |- ?f _ _ = _ => etransitivity; [apply: (congr2 f); together | reflexivity]
    | |- ?f _ = _ => etransitivity; [apply: (congr1 f); together | reflexivity]
    end
  | reflexivity ]
with together_here := rewrite ?big_split /=;
  rewrite ?merge ?merge_last ?merge_first ?merge_middle ?merge_only ?merge_only_sym;
  repeat first [rewrite merge_same
    | rewrite cancel_left; last by auto 1 with sizes nocore | rewrite cancel_right; last by auto 1 with sizes nocore
    | rewrite cancel_product; last by auto 1 with sizes nocore
    | rewrite cancel_product_right; last by auto 1 with sizes nocore];
  reflexivity.

(* Both sides have one shape once the parts are put together: compare piece by piece. *)
Ltac same := first
  [ reflexivity
  | known
  | match goal with
    | |- bigop _ _ _ = bigop _ _ _ => apply: eq_bigr => ? ?; same
    | |- _ + _ = _ + _ => congr (_ + _); same
    | |- _ * _ = _ * _ => congr (_ * _); same
    | |- - _ = - _ => congr (- _); same
    | |- ?f _ _ = ?f _ _ => congr (f _ _); same
    | |- ?f _ = ?f _ => congr (f _); same
    end ].
Ltac equal_values := first
  [ same
  | etransitivity; [together | same]
  | etransitivity; [together | symmetry; etransitivity; [together | symmetry; same]] ].
