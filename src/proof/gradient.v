(* That the delta rule is the gradient. Dual numbers carry a value and a tangent; sigma lifts to
   (sigma a, sigma' a * a'). The tangent of the loss in any direction is the sum of the delta rule's
   gradients times that direction. *)
Variable loss : R -> R -> R.
Definition dual := (R * R)%type.
Definition dadd (a b : dual) : dual := (a.1 + b.1, a.2 + b.2).
Definition dmul (a b : dual) : dual := (a.1 * b.1, a.1 * b.2 + a.2 * b.1).
Definition lift (f f' : R -> R) (a : dual) : dual := (f a.1, f' a.1 * a.2).
Definition lift_loss (a : dual) (y : R) : dual := (loss a.1 y, loss' a.1 y * a.2).
Definition dsum (size : nat) (F : nat -> dual) : dual := (\sum_(x < size) (F x).1, \sum_(x < size) (F x).2).

Variables (tX tW1 : nat -> nat -> R) (tb1 : nat -> R) (tW2 : nat -> nat -> R) (tb2 : nat -> R).
Definition dZ1 n k := dadd (dsum Din (fun i => dmul (X n i, tX n i) (W1 i k, tW1 i k))) (b1 k, tb1 k).
Definition dA1 n k := lift sigma sigma' (dZ1 n k).
Definition dZ2 n j := dadd (dsum Dh (fun k => dmul (dA1 n k) (W2 k j, tW2 k j))) (b2 j, tb2 j).
Definition dA2 n j := lift g g' (dZ2 n j).
Definition dL := dsum N (fun n => dsum Dout (fun j => lift_loss (dA2 n j) (Y n j))).

Lemma value_Z1 n k : (dZ1 n k).1 = Z1 n k. Proof. by []. Qed.
Lemma value_Z2 n j : (dZ2 n j).1 = Z2 n j. Proof. by []. Qed.

Lemma tangent_Z1 n k :
  (dZ1 n k).2 = \sum_(i < Din) X n i * tW1 i k + tb1 k + \sum_(i < Din) tX n i * W1 i k.
Proof. by rewrite /= big_split /= addrAC. Qed.

Theorem delta_rule_is_the_gradient :
  dL.2 = \sum_(i < Din) \sum_(k < Dh) dW1 i k * tW1 i k + \sum_(k < Dh) db1 k * tb1 k
       + \sum_(k < Dh) \sum_(j < Dout) dW2 k j * tW2 k j + \sum_(j < Dout) db2 j * tb2 j
       + \sum_(n < N) \sum_(i < Din) dX n i * tX n i.
Proof.
(* what reaches the hidden layer: D1 times its tangent is W1's, b1's and X's share *)
have hidden : \sum_(n < N) \sum_(k < Dh) D1 n k * (dZ1 n k).2 =
    \sum_(i < Din) \sum_(k < Dh) dW1 i k * tW1 i k + \sum_(k < Dh) db1 k * tb1 k
    + \sum_(n < N) \sum_(i < Din) dX n i * tX n i.
  transitivity (\sum_(n < N) \sum_(k < Dh) (\sum_(i < Din) X n i * D1 n k * tW1 i k)
      + \sum_(n < N) \sum_(k < Dh) D1 n k * tb1 k
      + \sum_(n < N) \sum_(k < Dh) \sum_(i < Din) D1 n k * W1 i k * tX n i).
    rewrite -!big_split; apply: eq_bigr => n _; rewrite -!big_split; apply: eq_bigr => k _ /=.
    rewrite big_split /= addrAC !mulrDr !big_distrr /=.
    congr (_ + _ + _); apply: eq_bigr => i _; first by rewrite mulrCA mulrA.
    by rewrite -mulrA (mulrC (W1 i k)).
  congr (_ + _ + _).
  - rewrite exchange_big [RHS]exchange_big; apply: eq_bigr => k _ /=; rewrite exchange_big.
    by apply: eq_bigr => i _ /=; rewrite /dW1 big_distrl.
  - by rewrite exchange_big; apply: eq_bigr => k _ /=; rewrite /db1 big_distrl.
  - by apply: eq_bigr => n _; rewrite exchange_big; apply: eq_bigr => i _ /=; rewrite /dX big_distrl.
transitivity (\sum_(n < N) \sum_(j < Dout) (\sum_(k < Dh) A1 n k * D2 n j * tW2 k j)
    + \sum_(n < N) \sum_(j < Dout) D2 n j * tb2 j
    + \sum_(n < N) \sum_(j < Dout) \sum_(k < Dh) (D2 n j * W2 k j * sigma' (Z1 n k)) * (dZ1 n k).2).
  rewrite -!big_split; apply: eq_bigr => n _; rewrite -!big_split; apply: eq_bigr => j _ /=.
  rewrite mulrA -[_ * g' _]/(D2 n j) big_split /= addrAC !mulrDr !big_distrr /= -/(Z1 n _).
  congr (_ + _ + _); apply: eq_bigr => k _; first by rewrite mulrCA mulrA.
  by rewrite -/(dZ1 n k) -!mulrA (mulrC (W2 k j)) !mulrA.
rewrite [RHS]addrAC [X in _ = X + _]addrAC -hidden [LHS]addrC [LHS]addrA.
congr (_ + _ + _).
- apply: eq_bigr => n _; rewrite exchange_big; apply: eq_bigr => k _ /=.
  by rewrite /D1 !big_distrl.
- rewrite exchange_big [RHS]exchange_big; apply: eq_bigr => j _ /=; rewrite exchange_big.
  by apply: eq_bigr => k _ /=; rewrite /dW2 big_distrl.
- by rewrite exchange_big; apply: eq_bigr => j _ /=; rewrite /db2 big_distrl.
Qed.
