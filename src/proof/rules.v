From Coq Require Import ZArith Lia.
From mathcomp Require Import all_ssreflect all_algebra.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory.
Delimit Scope Z_scope with coqZ.
Local Open Scope ring_scope.

(* ---- What the formulas below mean ---- *)

(* Coordinates of ranks are counted modulo the number of ranks on their axis. *)
Definition same_rank (n a b : nat) : bool := a == b %[mod n].
(* The rank k further along an axis of n ranks. *)
Definition further (n a : nat) (k : Z) : nat := Z.to_nat ((Z.of_nat a + k) mod Z.of_nat n).

Section Numbers.
Variable R : realFieldType.
(* The whole number n; the fraction n / d. *)
Definition whole (n : Z) : R :=
  match n with Z0 => 0 | Zpos p => (Pos.to_nat p)%:R | Zneg p => - (Pos.to_nat p)%:R end.
Definition number (n : Z) (d : positive) : R :=
  match d with xH => whole n | _ => whole n / (Pos.to_nat d)%:R end.
(* 1 where positive, else 0. *)
Definition step (x : R) : R := if 0 < x then 1 else 0.
End Numbers.

(* ---- Programs as data ----
   A sort is a dimension or a mesh axis. A variable is a sort and a number: 0 for the one bound last.
   Variable 0 of an axis is the coordinate of the rank that computes. *)
Definition variable := (nat * nat)%type.
(* The rank owns the index by this part. *)
Definition condition := (nat * variable)%type.
(* A rank along an axis: the owner, by a part, of an index; a constant; so many ranks further. *)
Inductive position := Owner of nat & variable | Constant of nat | Further of Z.
Inductive formula :=
  | Value of nat & seq variable       (* of a statement, at this rank and these indices *)
  | Input of nat & seq condition & seq variable (* a tensor's entry if the conditions hold, else anything *)
  | Number of Z & positive            (* n / d *)
  | Size of nat                       (* of a sort *)
  | Add of formula & formula
  | Subtract of formula & formula
  | Multiply of formula & formula
  | Divide of formula & formula
  | Opposite of formula
  | Apply of nat & formula & formula  (* a function; where it has one argument the second does not matter *)
  | Sum of nat & seq nat & formula    (* over a sort: an axis, or a dimension's indices that this rank owns by these parts *)
  | At of nat & position & formula    (* at another rank along an axis *)
  | Only of nat & nat & formula.      (* at one coordinate of an axis; elsewhere 0 *)

(* A statement: its indices, the parts by which a rank owns them, what it computes. *)
Record statement := Statement
  { indices : seq variable; owned : seq condition; computes : formula }.

Record world (R : realFieldType) := World
  { sizes : nat -> nat;                           (* of sorts *)
    parts : seq (nat * nat);                      (* the dimension and the axis, both sorts, of every part *)
    owners : nat -> nat -> nat;                   (* part, index: coordinate on the part's axis *)
    axes : seq nat;
    inputs : nat -> seq nat -> R;
    elsewhere : nat -> seq nat -> seq nat -> R;   (* tensor, rank, indices *)
    functions : nat -> R -> R -> R;
    values : nat -> seq nat -> seq nat -> R }.    (* statement, rank, indices *)

(* The value of every variable. *)
Definition environment := nat -> nat -> nat.
Definition bind (s x : nat) (e : environment) : environment := fun s' i =>
  if s' == s then (if i is j.+1 then e s j else x) else e s' i.
(* That in which the variables listed have these values. *)
Fixpoint places (l : seq (variable * nat)) : environment := fun s i =>
  if l is (v, x) :: l then (if (s == v.1) && (i == v.2) then x else places l s i) else 0%N.

Section Evaluation.
Variables (R : realFieldType) (w : world R).
Implicit Types e : environment.
Definition look e (v : variable) : nat := e v.1 v.2.
Definition dimension_of (p : nat) : nat := (nth (0, 0)%N (parts w) p).1.
Definition axis_of (p : nat) : nat := (nth (0, 0)%N (parts w) p).2.
Definition rank_of e : seq nat := [seq e a 0%N | a <- axes w].
Definition holds e (c : condition) : bool :=
  same_rank (sizes w (axis_of c.1)) (owners w c.1 (look e c.2)) (e (axis_of c.1) 0%N).
Fixpoint all_hold e (cs : seq condition) : bool :=
  match cs with [::] => true | [:: c] => holds e c | c :: cs => holds e c && all_hold e cs end.
Definition coordinate e a (p : position) : nat :=
  match p with
  | Owner part v => owners w part (look e v)
  | Constant c => c
  | Further k => further (sizes w a) (e a 0%N) k
  end.
Fixpoint evaluate e (f : formula) : R :=
  match f with
  | Value s v => values w s (rank_of e) [seq look e i | i <- v]
  | Input t cs v =>
    if all_hold e cs then inputs w t [seq look e i | i <- v]
    else elsewhere w t (rank_of e) [seq look e i | i <- v]
  | Number n d => number R n d
  | Size s => (sizes w s)%:R
  | Add f g => evaluate e f + evaluate e g
  | Subtract f g => evaluate e f - evaluate e g
  | Multiply f g => evaluate e f * evaluate e g
  | Divide f g => evaluate e f / evaluate e g
  | Opposite f => - evaluate e f
  | Apply s f g => functions w s (evaluate e f) (evaluate e g)
  | Sum s ps f =>
    \sum_(x < sizes w s | all_hold (bind s x e) [seq (p, (s, 0%N)) | p <- ps]) evaluate (bind s x e) f
  | At a p f => evaluate (bind a (coordinate e a p) e) f
  | Only a c f => if same_rank (sizes w a) (e a 0%N) c then evaluate e f else 0
  end.

(* The values are what the statements compute. *)
Fixpoint follows (s : nat) (program : seq statement) : Prop :=
  if program is st :: rest then
    (forall e, values w s (rank_of e) [seq look e i | i <- indices st] = evaluate e (computes st)) /\
    follows s.+1 rest
  else True.
(* What divides is not 0, on any rank. *)
Fixpoint nonzero (divisors : seq formula) : Prop :=
  if divisors is f :: rest then (forall e, evaluate e f <> 0) /\ nonzero rest else True.

(* What may be known of functions: of s, or of s and its derivative s + 1. *)
Inductive identity := Identity of nat | Relu of nat | Sigmoid of nat | Tanh of nat
  | Same of nat & nat            (* the one is the other *)
  | Step of nat                  (* 1 where positive, else 0 *)
  | HalfSse of nat | Mse of nat & nat & nat. (* the derivative of the loss; the sorts of the mean *)
Definition meaning (i : identity) : Prop :=
  match i with
  | Identity s => (forall x y, functions w s x y = x) /\ (forall x y, functions w s.+1 x y = 1)
  | Relu s => (forall x y, functions w s x y = if 0 < x then x else 0) /\
              (forall x y, functions w s.+1 x y = step x)
  | Sigmoid s => forall x y, functions w s.+1 x y = functions w s x y * (1 - functions w s x y)
  | Tanh s => forall x y, functions w s.+1 x y = 1 - functions w s x y * functions w s x y
  | Same s t => (forall x y, functions w s x y = functions w t x y) /\
                (forall x y, functions w s.+1 x y = functions w t.+1 x y)
  | Step s => forall x y, functions w s x y = step x
  | HalfSse s => forall x y, functions w s x y = x - y
  | Mse s a b => forall x y, functions w s x y = 2%:R * (x - y) / ((sizes w a)%:R * (sizes w b)%:R)
  end.
Fixpoint all_known (known : seq identity) : Prop :=
  if known is i :: rest then meaning i /\ all_known rest else True.

(* Every sort has at least so many members; 1 where nothing is listed. *)
Definition populated (least : seq nat) : Prop :=
  forall s, (maxn 1 (nth 1 least s) <= sizes w s)%N.
End Evaluation.

(* What a certificate claims: in this environment, if the conditions hold, the two formulas are equal. *)
Record claim := Claim { under : seq condition; left_side : formula; right_side : formula }.

Module Fractions.
(* ==== The normaliser ====
   From here to `certified`: what makes `accepted` a proof. It may be skipped by who trusts Coq. *)

(* ---- Expressions: sums of terms; a term is a fraction times a sum over variables of a product ---- *)
Inductive base := Zero | Rank of nat | Own of nat & nat.
Definition fraction := (Z * positive)%type.
Inductive factor :=
  | Alike of nat & base & base & Z      (* axis: 1 where b = b' + d, else 0 *)
  | Divides of nat & Z                  (* axis: 1 where the number of ranks divides d, else 0 *)
  | SizeOf of nat
  | Entry of nat & seq variable
  | Call of nat & expression & expression
  | Inverse of expression
with factors := Nil | Cons of factor & factors
with expression := Empty | Term of fraction & seq nat & factors & expression.
Scheme factor_mut := Induction for factor Sort Prop
  with factors_mut := Induction for factors Sort Prop
  with expression_mut := Induction for expression Sort Prop.
Combined Scheme factor_expression from factor_mut, factors_mut, expression_mut.

(* ---- Numbers ---- *)
Section NumberFacts.
Variable R : realFieldType.
Implicit Types (a b : Z) (x y : R).
Lemma wholeE a : whole R a = (Z.to_nat a)%:R - (Z.to_nat (- a))%:R.
Proof. by case: a => [|p|p] /=; rewrite ?subr0 ?sub0r. Qed.
Lemma whole_add a b : whole R (a + b) = whole R a + whole R b.
Proof.
rewrite !wholeE addrACA -opprD -!natrD; apply/eqP.
rewrite subr_eq addrAC eq_sym subr_eq -!natrD; apply/eqP; congr (_ %:R).
rewrite -!plusE; lia.
Qed.
Lemma whole_mul a b : whole R (a * b) = whole R a * whole R b.
Proof.
case: a b => [|p|p] [|q|q] /=; rewrite ?mul0r ?mulr0 ?Pos2Nat.inj_mul ?multE ?natrM //;
by rewrite ?mulNr ?mulrN ?opprK.
Qed.
Lemma positive_neq0 (p : positive) : (Pos.to_nat p)%:R != 0 :> R.
Proof. by rewrite pnatr_eq0 -lt0n; apply/ltP; exact: Pos2Nat.is_pos. Qed.
Lemma whole_eq0 a : whole R a = 0 -> a = 0%coqZ.
Proof.
case: a => [|p|p] //= /eqP; first by rewrite (negbTE (positive_neq0 _)).
by rewrite oppr_eq0 (negbTE (positive_neq0 _)).
Qed.
Definition fraction_value (c : fraction) : R := whole R c.1 / (Pos.to_nat c.2)%:R.
Lemma fraction_cross (c d : fraction) :
  (c.1 * Zpos d.2 = d.1 * Zpos c.2)%coqZ -> fraction_value c = fraction_value d.
Proof.
move=> E; apply/eqP; rewrite eqr_div ?positive_neq0 //; apply/eqP.
by have := congr1 (whole R) E; rewrite !whole_mul.
Qed.
End NumberFacts.

Definition simplify (c : fraction) : fraction :=
  let g := Z.gcd c.1 (Zpos c.2) in let d := ((c.1 / g)%coqZ, Z.to_pos (Zpos c.2 / g)) in
  if (d.1 * Zpos c.2 =? c.1 * Zpos d.2)%coqZ then d else c.
Definition fraction_mul (c d : fraction) : fraction := simplify ((c.1 * d.1)%coqZ, (c.2 * d.2)%positive).
Definition fraction_add (c d : fraction) : fraction :=
  simplify ((c.1 * Zpos d.2 + d.1 * Zpos c.2)%coqZ, (c.2 * d.2)%positive).
Definition fraction_inv (c : fraction) : fraction :=
  match c.1 with Z0 => c | Zpos p => (Zpos c.2, p) | Zneg p => (Zneg c.2, p) end.
Definition one : fraction := (1%coqZ, 1%positive).
Definition minus_one : fraction := ((-1)%coqZ, 1%positive).

Section FractionFacts.
Variable R : realFieldType.
Local Notation "[ c ]" := (fraction_value R c).
Lemma simplifyE c : [simplify c] = [c].
Proof. by rewrite /simplify; case: Z.eqb_spec => // E; exact: fraction_cross. Qed.
Lemma fraction_mulE c d : [fraction_mul c d] = [c] * [d].
Proof.
by rewrite simplifyE /fraction_value /= whole_mul Pos2Nat.inj_mul multE natrM invfM mulrACA.
Qed.
Lemma fraction_addE c d : [fraction_add c d] = [c] + [d].
Proof.
rewrite simplifyE /fraction_value /= whole_add !whole_mul Pos2Nat.inj_mul multE natrM.
by rewrite addf_div ?positive_neq0.
Qed.
Lemma fraction_invE c : [fraction_inv c] = [c]^-1.
Proof.
case: c => [[|p|p] q]; rewrite /fraction_value /fraction_inv /= ?mul0r ?invr0 ?invf_div //.
by rewrite !mulNr invrN mulrN.
Qed.
Lemma fraction_one : [one] = 1. Proof. by rewrite /fraction_value /= divr1. Qed.
Lemma fraction_minus_one : [minus_one] = -1. Proof. by rewrite /fraction_value /= divr1. Qed.
Lemma fraction_eq0 c : [c] = 0 -> c.1 = 0%coqZ.
Proof. by move/eqP; rewrite mulf_eq0 invr_eq0 (negbTE (positive_neq0 _ _)) orbF => /eqP/whole_eq0. Qed.
Lemma fraction0 c : c.1 = 0%coqZ -> [c] = 0.
Proof. by rewrite /fraction_value => ->; rewrite mul0r. Qed.
Lemma numberE n d : number R n d = [(n, d)].
Proof. by rewrite /fraction_value; case: d => //=; rewrite divr1. Qed.
End FractionFacts.
End Fractions.
Export Fractions.

Module Places.
(* ---- Substitution ---- *)
(* What is put for variables of dimensions and for bases of an axis; a number that each axis's number of
   ranks is known to divide, 0: none. *)
Record substitution := Substitution
  { index_put : nat -> nat -> nat; base_put : nat -> base -> base * Z; modulus : nat -> Z }.

Section Substitution.
Variable parts : seq (nat * nat).
Definition part_dimension (p : nat) : nat := (nth (0, 0)%N parts p).1.
(* The base with the number of its variable changed, by sort. *)
Definition rename (f : nat -> nat -> nat) (a : nat) (b : base) : base :=
  match b with
  | Zero => Zero
  | Rank v => Rank (f a v)
  | Own p v => Own p (f (part_dimension p) v)
  end.
Definition weaken (s : nat) (s' v : nat) : nat := if s' == s then v.+1 else v.
(* Under a binder of sort s. *)
Definition under_binder (s : nat) (p : substitution) : substitution :=
  let out a b := (rename (weaken s) a (base_put p a b).1, (base_put p a b).2) in
  Substitution
    (fun s' i => if s' == s then (if i is j.+1 then (index_put p s j).+1 else 0%N) else index_put p s' i)
    (fun a b => match b with
      | Zero => (Zero, 0%coqZ)
      | Rank v => if a == s then (if v is j.+1 then out a (Rank j) else (b, 0%coqZ)) else out a b
      | Own q v => if part_dimension q == s then (if v is j.+1 then out a (Own q j) else (b, 0%coqZ))
                   else out a b
      end)
    (modulus p).
Definition under_binders (tele : seq nat) (p : substitution) : substitution :=
  foldl (fun p s => under_binder s p) p tele.
Definition reduce (m d : Z) : Z := if (m =? 0)%coqZ then d else (d mod m)%coqZ.
Fixpoint put (p : substitution) (f : factor) : factor :=
  match f with
  | Alike a x y d =>
    Alike a (base_put p a x).1 (base_put p a y).1
      (reduce (modulus p a) (d + (base_put p a y).2 - (base_put p a x).2))
  | Divides a d => f
  | SizeOf s => if (modulus p s =? 1)%coqZ then Alike s Zero Zero 0 else f
  | Entry t vs => Entry t [seq (v.1, index_put p v.1 v.2) | v <- vs]
  | Call s a b => Call s (put_all p a) (put_all p b)
  | Inverse a => Inverse (put_all p a)
  end
with put_each (p : substitution) (fs : factors) : factors :=
  match fs with Nil => Nil | Cons f fs => Cons (put p f) (put_each p fs) end
with put_all (p : substitution) (e : expression) : expression :=
  match e with
  | Empty => Empty
  | Term c tele fs e => Term c tele (put_each (under_binders tele p) fs) (put_all p e)
  end.
Definition renaming (f : nat -> nat -> nat) : substitution :=
  Substitution f (fun a b => (rename f a b, 0%coqZ)) (fun=> 0%coqZ).
End Substitution.

(* ---- What expressions mean ----
   They are taken in places that are more than environments: a coordinate, such as the owner of an index, is a
   number of its own. What is not 0 in all places stays so where one coordinate is put for another. *)
Record place := Place { index_at : nat -> nat -> nat; coordinate_at : nat -> base -> Z }.

Section Meaning.
Variables (R : realFieldType) (w : world R) (dims : nat).
Hypothesis populous : forall s, (0 < sizes w s)%N.
Implicit Types e : place.
Local Notation dimension := (part_dimension (parts w)).
Definition base_value e (a : nat) (b : base) : Z := if b is Zero then 0%coqZ else coordinate_at e a b.
Definition divides a (x : Z) : bool := (x mod Z.of_nat (sizes w a) =? 0)%coqZ.
Definition index_value e (v : variable) : nat := if (v.1 < dims)%N then index_at e v.1 v.2 else 0%N.
Definition enter (s x : nat) e : place := Place
  (fun s' i => if s' == s then (if i is j.+1 then index_at e s j else x) else index_at e s' i)
  (fun a b => match b with
    | Zero => 0%coqZ
    | Rank v => if a == s then (if v is j.+1 then coordinate_at e a (Rank j) else Z.of_nat x)
                else coordinate_at e a b
    | Own p v => if dimension p == s then (if v is j.+1 then coordinate_at e a (Own p j)
                                           else Z.of_nat (owners w p x))
                 else coordinate_at e a b
    end).
Fixpoint sum_all (tele : seq nat) (F : place -> R) e : R :=
  if tele is s :: tele then \sum_(x < sizes w s) sum_all tele F (enter s x e) else F e.
Fixpoint value e (f : factor) : R :=
  match f with
  | Alike a x y d => (divides a (base_value e a x - base_value e a y - d))%:R
  | Divides a d => (divides a d)%:R
  | SizeOf s => (sizes w s)%:R
  | Entry t vs => inputs w t [seq index_value e v | v <- vs]
  | Call s a b => functions w s (value_all e a) (value_all e b)
  | Inverse a => (value_all e a)^-1
  end
with value_each e (fs : factors) : R :=
  match fs with Nil => 1 | Cons f fs => value e f * value_each e fs end
with value_all e (a : expression) : R :=
  match a with
  | Empty => 0
  | Term c tele fs a => fraction_value R c * sum_all tele (value_each^~ fs) e + value_all e a
  end.
(* Nothing divides by 0, anywhere. *)
Fixpoint defined (f : factor) : Prop :=
  match f with
  | Call s a b => defined_all a /\ defined_all b
  | Inverse a => (forall e, value_all e a <> 0) /\ defined_all a
  | _ => True
  end
with defined_each (fs : factors) : Prop :=
  match fs with Nil => True | Cons f fs => defined f /\ defined_each fs end
with defined_all (a : expression) : Prop :=
  match a with Empty => True | Term c tele fs a => defined_each fs /\ defined_all a end.

(* -- numbers of ranks -- *)
Definition congruent a (x y : Z) : Prop := exists k, (x - y = k * Z.of_nat (sizes w a))%coqZ.
Lemma dividesP a x : reflect (exists k, x = (k * Z.of_nat (sizes w a))%coqZ) (divides a x).
Proof.
have nz : Z.of_nat (sizes w a) <> 0%coqZ by have /ltP := populous a; lia.
rewrite /divides; apply: (iffP idP) => [|[k ->]]; last by rewrite Z.mod_mul.
by move/Z.eqb_eq/Z.mod_divide => /(_ nz) [k ->]; exists k.
Qed.
Lemma congruent_divides a x y : congruent a x y -> divides a x = divides a y.
Proof.
case=> k E; apply/dividesP/dividesP => [] [j E']; [exists (j - k)%coqZ | exists (j + k)%coqZ]; lia.
Qed.
Lemma congruent_refl a x : congruent a x x. Proof. by exists 0%coqZ; lia. Qed.
Lemma divides_sub a x m : divides a m -> m <> 0%coqZ -> divides a (x - x mod m).
Proof.
move=> /dividesP [k Em] nz; apply/dividesP; exists (x / m * k)%coqZ.
have -> : (x - x mod m = m * (x / m))%coqZ by have := Z.div_mod x m nz; lia.
by rewrite {1}Em; ring.
Qed.
Lemma divides1 a : divides a 1 -> sizes w a = 1%N.
Proof.
move=> /dividesP [k Ek].
by have := Z.divide_1_r_nonneg _ (Nat2Z.is_nonneg _) (ex_intro _ k Ek); lia.
Qed.
Lemma divides0 a : divides a 0. Proof. by apply/dividesP; exists 0%coqZ. Qed.

(* -- places that cannot be told apart -- *)
Definition alike e e' : Prop :=
  (forall s v, (s < dims)%N -> index_at e' s v = index_at e s v) /\
  (forall a b, congruent a (base_value e' a b) (base_value e a b)).
Lemma alike_enter s x e e' : alike e e' -> alike (enter s x e) (enter s x e').
Proof.
case=> index base; split=> [s' v lt|a [|v|q v]] /=.
- by case: eqP => [E|_]; [case: v => // v; subst s'|]; rewrite index.
- exact: congruent_refl.
- case: eqP => _; last exact: base a (Rank v).
  by case: v => [|v]; [exact: congruent_refl | exact: base a (Rank v)].
- case: eqP => _; last exact: base a (Own q v).
  by case: v => [|v]; [exact: congruent_refl | exact: base a (Own q v)].
Qed.
Lemma value_alike :
  (forall f e e', alike e e' -> value e' f = value e f) /\
  (forall fs e e', alike e e' -> value_each e' fs = value_each e fs) /\
  (forall a e e', alike e e' -> value_all e' a = value_all e a).
Proof.
apply: factor_expression => //=.
- move=> a x y d e e' [_ base]; have [i Ex] := base a x; have [j Ey] := base a y.
  congr (_ %:R); apply: congr1; apply: congruent_divides; exists (i - j)%coqZ.
  by rewrite Z.mul_sub_distr_r -Ex -Ey; ring.
- move=> t vs e e' [index _]; congr (inputs _ _ _).
  by apply: eq_map => v; rewrite /index_value; case: ifP => // lt; exact: index.
- by move=> s a IHa b IHb e e' al; rewrite (IHa _ _ al) (IHb _ _ al).
- by move=> a IH e e' al; rewrite (IH _ _ al).
- by move=> f IHf fs IHs e e' al; rewrite (IHf _ _ al) (IHs _ _ al).
- move=> c tele fs IHs a IHa e e' al; rewrite (IHa _ _ al); congr (_ * _ + _).
  elim: tele e e' al => [|s tele IH] e e' al /=; first exact: IHs.
  by apply: eq_bigr => x _; apply: IH; exact: alike_enter.
Qed.

(* -- substitution -- *)
Definition suits (p : substitution) e e' : Prop :=
  [/\ forall s v, (s < dims)%N -> index_at e' s (index_put p s v) = index_at e s v,
      forall a b, congruent a (base_value e' a (base_put p a b).1 + (base_put p a b).2) (base_value e a b) &
      forall a, modulus p a <> 0%coqZ -> divides a (modulus p a)].
Lemma weaken_value s x e a b :
  base_value (enter s x e) a (rename (parts w) (weaken s) a b) = base_value e a b.
Proof. by case: b => //= [v|p v]; rewrite /weaken; case: eqP. Qed.
Lemma suits_under s x p e e' :
  suits p e e' -> suits (under_binder (parts w) s p) (enter s x e) (enter s x e').
Proof.
case=> index base md; split=> //=.
- move=> s' v lt /=; case: (eqVneq s' s) => [E|ne]; last by rewrite index.
  by subst s'; case: v => [|v] //=; rewrite index.
- have out a b : congruent a (base_value (enter s x e') a
      (rename (parts w) (weaken s) a (base_put p a b).1) + (base_put p a b).2) (base_value e a b).
    by rewrite weaken_value; exact: base.
  move=> a [|v|q v] /=; first exact: congruent_refl.
  + case: eqP => [E|/eqP ne]; last exact: out a (Rank v).
    case: v => [|v]; last exact: out a (Rank v).
    by rewrite /= E eqxx Z.add_0_r; exact: congruent_refl.
  + case: eqP => [E|/eqP ne]; last exact: out a (Own q v).
    case: v => [|v]; last exact: out a (Own q v).
    by rewrite /= E eqxx Z.add_0_r; exact: congruent_refl.
Qed.
Lemma put_value :
  (forall f p e e', suits p e e' -> value e' (put (parts w) p f) = value e f) /\
  (forall fs p e e', suits p e e' -> value_each e' (put_each (parts w) p fs) = value_each e fs) /\
  (forall a p e e', suits p e e' -> value_all e' (put_all (parts w) p a) = value_all e a).
Proof.
apply: factor_expression => //=.
- move=> a x y d p e e' [_ base md]; have [i Ex] := base a x; have [j Ey] := base a y.
  congr (_ %:R); apply: congr1; rewrite /reduce; case: Z.eqb_spec => Em.
    apply: congruent_divides; exists (i - j)%coqZ.
    by rewrite Z.mul_sub_distr_r -Ex -Ey; ring.
  have /dividesP [k Ek] := divides_sub (d + (base_put p a y).2 - (base_put p a x).2) (md a Em) Em.
  apply: congruent_divides; exists (i - j + k)%coqZ.
  by rewrite Z.mul_add_distr_r Z.mul_sub_distr_r -Ex -Ey -Ek; ring.
- move=> s p e e' [_ _ md].
  rewrite (_ : put _ p (SizeOf s) = if (modulus p s =? 1)%coqZ then Alike s Zero Zero 0 else SizeOf s) //.
  case: Z.eqb_spec => Em //=.
  have d1 : divides s 1 by rewrite -Em; apply: md; rewrite Em.
  by rewrite (divides1 d1); congr (_ %:R).
- move=> t vs p e e' [index _ _]; congr (inputs _ _ _); rewrite -map_comp.
  by apply: eq_map => v; rewrite /= /index_value /=; case: ifP => // lt; exact: index.
- by move=> s a IHa b IHb p e e' su; rewrite (IHa _ _ _ su) (IHb _ _ _ su).
- by move=> a IH p e e' su; rewrite (IH _ _ _ su).
- by move=> f IHf fs IHs p e e' su; rewrite (IHf _ _ _ su) (IHs _ _ _ su).
- move=> c tele fs IHs a IHa p e e' su; rewrite (IHa _ _ _ su); congr (_ * _ + _).
  elim: tele p e e' su => [|s tele IH] p e e' su /=; first exact: IHs.
  by apply: eq_bigr => x _; apply: IH; exact: suits_under.
Qed.
(* The place in which what is put is what was there. *)
Definition pull (p : substitution) e : place := Place
  (fun s v => index_at e s (index_put p s v))
  (fun a b => (base_value e a (base_put p a b).1 + (base_put p a b).2)%coqZ).
Definition plain (p : substitution) : Prop :=
  (forall a, modulus p a = 0%coqZ) /\ (forall a, base_put p a Zero = (Zero, 0%coqZ)).
Lemma suits_pull p e : plain p -> suits p (pull p e) e.
Proof.
case=> md z; split=> // a b.
by case: b => [|v|q v]; rewrite ?z /=; exact: congruent_refl.
Qed.
Lemma plain_under s p : plain p -> plain (under_binder (parts w) s p).
Proof. by case=> md z; split. Qed.
Lemma put_defined :
  (forall f p, plain p -> defined f -> defined (put (parts w) p f)) /\
  (forall fs p, plain p -> defined_each fs -> defined_each (put_each (parts w) p fs)) /\
  (forall a p, plain p -> defined_all a -> defined_all (put_all (parts w) p a)).
Proof.
apply: factor_expression => //=.
- by move=> s p [md _]; rewrite (_ : put _ p (SizeOf s) =
    if (modulus p s =? 1)%coqZ then Alike s Zero Zero 0 else SizeOf s) // md.
- by move=> s a IHa b IHb p pl [da db]; split; [apply: IHa | apply: IHb].
- move=> a IH p pl [nz da]; split; last exact: IH.
  by move=> e; rewrite (proj2 (proj2 put_value) a p _ _ (suits_pull e pl)).
- by move=> f IHf fs IHs p pl [df ds]; split; [apply: IHf | apply: IHs].
- move=> c tele fs IHs a IHa p pl [ds da]; split; last exact: IHa.
  by elim: tele p pl {IHa} => [|s tele IH] p pl /=; [apply: IHs | apply: IH; exact: plain_under].
Qed.
End Meaning.
End Places.
Export Places.

Module Telescopes.
(* ---- Sums over several variables ---- *)
Section Telescopes.
Variables (R : realFieldType) (w : world R) (dims : nat).
Hypothesis populous : forall s, (0 < sizes w s)%N.
Implicit Types e : place.
Local Notation dimension := (part_dimension (parts w)).
Local Notation alike := (alike w dims).
Local Notation enter := (enter w).
Local Notation sum_all := (sum_all w).
(* x at number i of sort s; what was there is one further out. *)
Definition insert (s i x : nat) e : place :=
  let at_ (T : Type) (old : nat -> T) (new : T) v := if (v < i)%N then old v else if v == i then new else old v.-1 in
  Place
  (fun s' v => if s' == s then at_ nat (index_at e s) x v else index_at e s' v)
  (fun a b => match b with
    | Zero => 0%coqZ
    | Rank v => if a == s then at_ Z (fun v => coordinate_at e a (Rank v)) (Z.of_nat x) v
                else coordinate_at e a b
    | Own p v => if dimension p == s then at_ Z (fun v => coordinate_at e a (Own p v)) (Z.of_nat (owners w p x)) v
                 else coordinate_at e a b
    end).
Definition extensional (F : place -> R) := forall e e', alike e e' -> F e' = F e.
Lemma alike_of e e' :
  (forall s v, index_at e' s v = index_at e s v) ->
  (forall a b, base_value e' a b = base_value e a b) -> alike e e'.
Proof. by move=> I B; split=> [s v _|a b]; rewrite ?I ?B //; exact: congruent_refl. Qed.
Lemma insert0 s x e : alike (insert s 0 x e) (enter s x e).
Proof.
apply: alike_of => [s' v|a [|v|q v]] /=; rewrite ?ltn0 //; case: eqP => //; by case: v.
Qed.
Lemma enter_insert s' s k x y e :
  alike (insert s (k + (s' == s)) x (enter s' y e)) (enter s' y (insert s k x e)).
Proof.
have ltS v n : (v.+1 < n + 1)%N = (v < n)%N by rewrite addn1.
have eqS v n : (v.+1 == n + 1)%N = (v == n)%N by rewrite addn1.
apply: alike_of => [s1 v|a [|v|q v]] //=.
- case: (eqVneq s' s) => [->|ne]; last first.
    by rewrite addn0; case: (eqVneq s1 s') => [->|]; rewrite ?(negbTE ne) //; case: v.
  case: eqP => // _; case: v => [|v]; rewrite ?eqxx /=; first by rewrite addn1.
  by rewrite ltS eqS; case: v => [|v] //=; case: k.
- case: (eqVneq s' s) => [->|ne]; last first.
    by rewrite addn0; case: (eqVneq a s') => [->|]; rewrite ?(negbTE ne) //; case: v.
  case: eqP => // _; case: v => [|v]; rewrite ?eqxx /=; first by rewrite addn1.
  by rewrite ltS eqS; case: v => [|v] //=; case: k.
- case: (eqVneq s' s) => [->|ne]; last first.
    by rewrite addn0; case: (eqVneq (dimension q) s') => [->|]; rewrite ?(negbTE ne) //; case: v.
  case: eqP => // _; case: v => [|v]; rewrite ?eqxx /=; first by rewrite addn1.
  by rewrite ltS eqS; case: v => [|v] //=; case: k.
Qed.
Lemma insert_alike s i x e e' : alike e e' -> alike (insert s i x e) (insert s i x e').
Proof.
case=> I B; split=> [s' v lt|a [|v|q v]] /=; try exact: congruent_refl.
- by case: eqP => [?|_]; [subst s'; do 2?case: ifP => // _ |]; rewrite I.
- by do 3?[case: ifP => _]; try exact: congruent_refl; exact: B a (Rank _).
- by do 3?[case: ifP => _]; try exact: congruent_refl; exact: B a (Own _ _).
Qed.
Lemma insert_insert s i j x y e : (i <= j)%N ->
  alike (insert s j.+1 x (insert s i y e)) (insert s i y (insert s j x e)).
Proof.
move=> le_ij.
have swap (T : Type) (old : nat -> T) (a b : T) v :
    (if (v < i)%N then (if (v < j)%N then old v else if v == j then a else old v.-1)
     else if v == i then b
     else (if (v.-1 < j)%N then old v.-1 else if v.-1 == j then a else old v.-1.-1)) =
    (if (v < j.+1)%N then (if (v < i)%N then old v else if v == i then b else old v.-1)
     else if v == j.+1 then a
     else (if (v.-1 < i)%N then old v.-1 else if v.-1 == i then b else old v.-1.-1)).
  case: (ltngtP v i) => [lt|gt|->].
  - by rewrite (leq_trans lt le_ij) ltnS (ltnW (leq_trans lt le_ij)).
  - case: v gt => // v gt; rewrite ltnS /= eqSS.
    case: (ltngtP v j) => // lt; have gti : (i < v)%N by exact: leq_ltn_trans le_ij lt.
    by rewrite ltnNge (ltnW gti) /= gtn_eqF.
  - by rewrite ltnS le_ij.
apply: alike_of => [s' v|a [|v|q v]] //=; case: eqP => // E; first by rewrite eqxx; exact: swap.
  exact: (swap _ (fun v => coordinate_at e a (Rank v))).
exact: (swap _ (fun v => coordinate_at e a (Own q v))).
Qed.
Lemma sum_all_alike tele F e e' : extensional F -> alike e e' -> sum_all tele F e' = sum_all tele F e.
Proof.
move=> ext; elim: tele e e' => [|s tele IH] e e' al /=; first exact: ext.
by apply: eq_bigr => x _; apply: IH; exact: alike_enter.
Qed.
Lemma sum_all_eq tele F G e : (forall e, F e = G e) -> sum_all tele F e = sum_all tele G e.
Proof.
by move=> FG; elim: tele e => [|s tele IH] e /=; [exact: FG | apply: eq_bigr => x _].
Qed.
Lemma sum_all_cat s t F e : sum_all (s ++ t) F e = sum_all s (sum_all t F) e.
Proof. by elim: s e => //= a s IH e; apply: eq_bigr => x _. Qed.
Lemma sum_all_mul tele c F e : sum_all tele (fun e => c * F e) e = c * sum_all tele F e.
Proof. by elim: tele e => //= s tele IH e; rewrite mulr_sumr; apply: eq_bigr. Qed.
Lemma sum_all0 tele F e : (forall e, F e = 0) -> sum_all tele F e = 0.
Proof. by move=> F0; elim: tele e => //= s tele IH e; rewrite big1. Qed.
Lemma sum_sum_all n tele (F : nat -> place -> R) e :
  \sum_(x < n) sum_all tele (F x) e = sum_all tele (fun e => \sum_(x < n) F x e) e.
Proof. by elim: tele e => //= s tele IH e; rewrite exchange_big; apply: eq_bigr => x _; rewrite IH. Qed.
Lemma extensional_sum F s i n :
  extensional F -> extensional (fun e => \sum_(x < n) F (insert s i x e)).
Proof. by move=> ext e e' al; apply: eq_bigr => x _; apply: ext; exact: insert_alike. Qed.
Lemma sum_insert tele F s k x e : extensional F ->
  sum_all tele F (insert s k x e) = sum_all tele (fun e => F (insert s (k + count_mem s tele) x e)) e.
Proof.
move=> ext; elim: tele k e => [|s' tele IH] k e /=; first by rewrite addn0.
apply: eq_bigr => y _; rewrite (sum_all_alike _ ext (enter_insert s' s k x y e)) IH.
by rewrite addnA.
Qed.
Lemma sum_first tele F s e : extensional F ->
  sum_all (s :: tele) F e =
  sum_all tele (fun e => \sum_(x < sizes w s) F (insert s (count_mem s tele) x e)) e.
Proof.
move=> ext /=; rewrite -(sum_sum_all _ _ (fun x e => F (insert s (count_mem s tele) x e))).
apply: eq_bigr => x _; rewrite (sum_all_alike _ ext (insert0 s x e)) sum_insert //.
Qed.
(* Any variable may be the one that is summed last. *)
Lemma sum_extract tele F s i e : extensional F -> (i < count_mem s tele)%N ->
  sum_all tele F e = sum_all (rem s tele) (fun e => \sum_(x < sizes w s) F (insert s i x e)) e.
Proof.
elim: tele F i e => [|h t IH] F i e ext //=; case: (eqVneq h s) => [->|ne] /= lt; last first.
  by apply: eq_bigr => x _; apply: IH.
rewrite -[LHS]/(sum_all (s :: t) F e) sum_first //.
have [lt'|] := ltnP i (count_mem s t); last first.
  move: lt; rewrite add1n ltnS => le ge; have -> : i = count_mem s t by apply/eqP; rewrite eqn_leq le.
  by [].
have c_gt : (0 < count_mem s t)%N by exact: leq_ltn_trans lt'.
have ext' j := @extensional_sum F s j (sizes w s) ext.
rewrite (IH _ i) ?(IH (fun e => \sum_(x < sizes w s) F (insert s i x e)) (count_mem s t).-1) //; last first.
  by rewrite prednK.
apply: sum_all_eq => e'; rewrite exchange_big; apply: eq_bigr => x _; apply: eq_bigr => y _ /=.
by rewrite -{1}(prednK c_gt); apply/esym/ext/insert_insert; rewrite -ltnS prednK.
Qed.
Lemma sum_perm tele tele' F e : extensional F -> perm_eq tele tele' ->
  sum_all tele F e = sum_all tele' F e.
Proof.
elim: tele tele' F e => [|s t IH] tele' F e ext pe.
  by move: pe; rewrite perm_sym => /perm_nilP ->.
have s_in : s \in tele' by rewrite -(perm_mem pe) mem_head.
have pe' : perm_eq t (rem s tele').
  by rewrite -(perm_cons s) (perm_trans pe) // perm_to_rem.
have ct : count_mem s tele' = (count_mem s t).+1 by rewrite -(permP pe) /= eqxx add1n.
rewrite sum_first // (@sum_extract tele' F s (count_mem s t)) ?ct //.
by apply: IH => //; exact: extensional_sum.
Qed.
End Telescopes.
End Telescopes.
Export Telescopes.

Module Terms.
(* ---- An order of expressions: equal by it is equal ---- *)
Local Notation "c 'or_else' d" := (match c with Eq => d | Lt => Lt | Gt => Gt end) (at level 60, right associativity).
Fixpoint compare_seq (T : Type) (c : T -> T -> comparison) (s t : seq T) : comparison :=
  match s, t with
  | [::], [::] => Eq | [::], _ => Lt | _, [::] => Gt
  | x :: s, y :: t => c x y or_else compare_seq c s t
  end.
Definition compare_variable (v u : variable) := Nat.compare v.1 u.1 or_else Nat.compare v.2 u.2.
Definition compare_base (x y : base) : comparison :=
  match x, y with
  | Zero, Zero => Eq | Zero, _ => Lt | _, Zero => Gt
  | Rank v, Rank u => Nat.compare v u | Rank _, _ => Lt | _, Rank _ => Gt
  | Own p v, Own q u => Nat.compare v u or_else Nat.compare p q
  end.
Definition kind (f : factor) : nat :=
  match f with Alike _ _ _ _ => 0 | Divides _ _ => 1 | SizeOf _ => 2 | Entry _ _ => 3 | Call _ _ _ => 4 | Inverse _ => 5 end.
Definition compare_fraction (c d : fraction) := Z.compare c.1 d.1 or_else Pos.compare c.2 d.2.
Fixpoint compare (f g : factor) : comparison :=
  match f, g with
  | Alike a x y d, Alike a' x' y' d' =>
    Nat.compare a a' or_else compare_base x x' or_else compare_base y y' or_else Z.compare d d'
  | Divides a d, Divides a' d' => Nat.compare a a' or_else Z.compare d d'
  | SizeOf s, SizeOf s' => Nat.compare s s'
  | Entry t vs, Entry t' vs' => Nat.compare t t' or_else compare_seq compare_variable vs vs'
  | Call s a b, Call s' a' b' => Nat.compare s s' or_else compare_all a a' or_else compare_all b b'
  | Inverse a, Inverse a' => compare_all a a'
  | _, _ => Nat.compare (kind f) (kind g)
  end
with compare_each (fs gs : factors) : comparison :=
  match fs, gs with
  | Nil, Nil => Eq | Nil, _ => Lt | _, Nil => Gt
  | Cons f fs, Cons g gs => compare f g or_else compare_each fs gs
  end
with compare_all (a b : expression) : comparison :=
  match a, b with
  | Empty, Empty => Eq | Empty, _ => Lt | _, Empty => Gt
  | Term c t fs a, Term d u gs b =>
    compare_seq Nat.compare t u or_else compare_each fs gs or_else compare_fraction c d or_else compare_all a b
  end.

Section Order.
Lemma compare_natE a b : Nat.compare a b = Eq -> a = b.
Proof. exact: (proj1 (Nat.compare_eq_iff a b)). Qed.
Lemma compare_ZE a b : Z.compare a b = Eq -> a = b.
Proof. exact: (proj1 (Z.compare_eq_iff a b)). Qed.
Lemma compare_seqE (T : Type) (c : T -> T -> comparison) s t :
  (forall x y, c x y = Eq -> x = y) -> compare_seq c s t = Eq -> s = t.
Proof.
move=> cE; elim: s t => [|x s IH] [|y t] //=; case E: (c x y) => // /IH ->.
by rewrite (cE _ _ E).
Qed.
Lemma compare_variableE v u : compare_variable v u = Eq -> v = u.
Proof.
case: v u => a b [a' b']; rewrite /compare_variable /=.
by case E: (Nat.compare a a') => // /compare_natE ->; rewrite (compare_natE E).
Qed.
Lemma compare_baseE x y : compare_base x y = Eq -> x = y.
Proof.
case: x y => [|v|p v] [|u|q u] //=; first by move/compare_natE ->.
by case E: (Nat.compare v u) => // /compare_natE ->; rewrite (compare_natE E).
Qed.
Lemma compare_fractionE c d : compare_fraction c d = Eq -> c = d.
Proof.
case: c d => a b [a' b']; rewrite /compare_fraction /=; case E: (Z.compare a a') => // E'.
by rewrite (compare_ZE E) (Pos.compare_eq _ _ E').
Qed.
Lemma compareE :
  (forall f g, compare f g = Eq -> f = g) /\
  (forall fs gs, compare_each fs gs = Eq -> fs = gs) /\
  (forall a b, compare_all a b = Eq -> a = b).
Proof.
apply: factor_expression.
- move=> a x y d [] //= a' x' y' d'; case Ea: (Nat.compare a a') => //.
  case Ex: (compare_base x x') => //; case Ey: (compare_base y y') => // Ed.
  by rewrite (compare_natE Ea) (compare_baseE Ex) (compare_baseE Ey) (compare_ZE Ed).
- move=> a d [] //= a' d'; case Ea: (Nat.compare a a') => // Ed.
  by rewrite (compare_natE Ea) (compare_ZE Ed).
- by move=> s [] //= s' /compare_natE ->.
- move=> t vs [] //= t' vs'; case Et: (Nat.compare t t') => // /(compare_seqE compare_variableE) ->.
  by rewrite (compare_natE Et).
- move=> s a IHa b IHb [] //= s' a' b'; case Es: (Nat.compare s s') => //.
  by case Ea: (compare_all a a') => // /IHb ->; rewrite (compare_natE Es) (IHa _ Ea).
- by move=> a IH [] //= a' /IH ->.
- by case.
- move=> f IHf fs IHs [] //= g gs; case Ef: (compare f g) => // /IHs ->.
  by rewrite (IHf _ Ef).
- by case.
- move=> c t fs IHs a IHa [] //= d u gs b; case Et: (compare_seq Nat.compare t u) => //.
  case Es: (compare_each fs gs) => //; case Ec: (compare_fraction c d) => // /IHa ->.
  by rewrite (compare_seqE compare_natE Et) (IHs _ Es) (compare_fractionE Ec).
Qed.
End Order.

(* ---- Terms on which one works: what is flagged is in normal form already ---- *)
Record term := Work { coefficient : fraction; telescope : seq nat; body : seq (bool * factor) }.
Fixpoint pack (l : seq (bool * factor)) : factors := if l is f :: l then Cons f.2 (pack l) else Nil.
Fixpoint pack_all (ts : seq term) : expression :=
  if ts is t :: ts then Term (coefficient t) (telescope t) (pack (body t)) (pack_all ts) else Empty.
Fixpoint unpack (flag : bool) (fs : factors) : seq (bool * factor) :=
  if fs is Cons f fs then (flag, f) :: unpack flag fs else [::].
Fixpoint unpack_all (flag : bool) (a : expression) : seq term :=
  if a is Term c t fs a then Work c t (unpack flag fs) :: unpack_all flag a else [::].
Definition same (f g : factor) : bool := if compare f g is Eq then true else false.
Definition same_base (x y : base) : bool := if compare_base x y is Eq then true else false.
Definition compare_terms (t u : term) : comparison :=
  compare_seq Nat.compare (telescope t) (telescope u) or_else compare_each (pack (body t)) (pack (body u)).

Section Normaliser.
Variables (parts : seq (nat * nat)) (dims : nat) (least : seq nat) (known : seq identity).
Local Notation put := (put parts).
Local Notation dimension := (part_dimension parts).
Definition least_ranks (a : nat) : Z := Z.of_nat (nth 1%N least a).
Definition is_step (s : nat) : bool := has (fun i => if i is Step s' then s' == s else false) known.

Definition put_in (p : substitution) (f : bool * factor) : bool * factor :=
  let g := put p f.2 in (f.1 && same f.2 g, g).
Definition single (f : factor) : term := Work one [::] [:: (true, f)].
Definition constant (c : fraction) : seq term := [:: Work c [::] [::]].

(* -- lists of terms -- *)
Definition scale (c : fraction) (ts : seq term) : seq term :=
  [seq Work (fraction_mul c (coefficient t)) (telescope t) (body t) | t <- ts].
(* Variables of every sort are so many further out. *)
Definition raise (t : seq nat) : substitution := renaming parts (fun s v => v + count_mem s t)%N.
(* What stands under the binders `inner`, with `outer` binders put around those. *)
Definition raise_body (outer inner : seq nat) (l : seq (bool * factor)) : seq (bool * factor) :=
  map (put_in (under_binders parts inner (raise outer))) l.
Definition multiply2 (t u : term) : term :=
  Work (fraction_mul (coefficient t) (coefficient u)) (telescope t ++ telescope u)
    (map (put_in (raise (telescope u))) (body t) ++ raise_body (telescope t) (telescope u) (body u)).
Definition multiply (ts us : seq term) : seq term := flatten [seq [seq multiply2 t u | u <- us] | t <- ts].
Definition sum_over (s : nat) (ts : seq term) : seq term :=
  [seq Work (coefficient t) (s :: telescope t) (body t) | t <- ts].
Fixpoint add_term (t : term) (ts : seq term) : seq term :=
  if ts is u :: us then
    match compare_terms t u with
    | Eq => let c := fraction_add (coefficient t) (coefficient u) in
            if (c.1 =? 0)%coqZ then us else Work c (telescope u) (body u) :: us
    | Lt => t :: ts
    | Gt => u :: add_term t us
    end
  else [:: t].
Definition collect (ts : seq term) : seq term :=
  foldr (fun t us => if ((coefficient t).1 =? 0)%coqZ then us else add_term t us) [::] ts.

(* -- conditions -- *)
(* None: the product is 0. *)
Fixpoint tidy (l : seq (bool * factor)) : option (seq (bool * factor)) :=
  match l with
  | [::] => Some [::]
  | (b, f) :: l =>
    if tidy l is Some l then
      match f with
      | Alike a x y d =>
        match compare_base x y with
        | Eq => if (d =? 0)%coqZ then Some l
                else if (Z.abs d <? least_ranks a)%coqZ then None else Some ((true, Divides a (Z.abs d)) :: l)
        | Lt => Some ((true, f) :: l)
        | Gt => Some ((true, Alike a y x (- d)) :: l)
        end
      | Divides a d => if (d =? 0)%coqZ then Some l
                       else if (Z.abs d <? least_ranks a)%coqZ then None else Some ((true, f) :: l)
      | _ => Some ((b, f) :: l)
      end
    else None
  end.
Fixpoint add_divides (a : nat) (d : Z) (l : seq (bool * factor)) : seq (bool * factor) :=
  match l with
  | [::] => [:: (true, Divides a d)]
  | (b, Divides a' d') :: l => if a == a' then (true, Divides a (Z.gcd d d')) :: l
                               else (b, Divides a' d') :: add_divides a d l
  | f :: l => f :: add_divides a d l
  end.
Definition merge_divides (l : seq (bool * factor)) : seq (bool * factor) :=
  foldr (fun f l => if f.2 is Divides a d then add_divides a d l else f :: l) [::] l.
Fixpoint modulus_of (l : seq (bool * factor)) (a : nat) : Z :=
  match l with
  | [::] => 0%coqZ
  | (_, Divides a' d) :: l => if a == a' then d else modulus_of l a
  | _ :: l => modulus_of l a
  end.
Fixpoint divides_in (f : factor) : bool :=
  match f with Call _ a b => divides_in_all a || divides_in_all b | Inverse _ => true | _ => false end
with divides_in_each (fs : factors) : bool :=
  match fs with Nil => false | Cons f fs => divides_in f || divides_in_each fs end
with divides_in_all (a : expression) : bool :=
  match a with Empty => false | Term _ _ fs a => divides_in_each fs || divides_in_all a end.
Definition by_modulus (l : seq (bool * factor)) : substitution :=
  Substitution (fun s v => v)
    (fun a b => if (modulus_of l a =? 1)%coqZ then (Zero, 0%coqZ) else (b, 0%coqZ)) (modulus_of l).
Definition is_divides (f : factor) : bool := if f is Divides _ _ then true else false.
Definition use_modulus (l : seq (bool * factor)) : seq (bool * factor) :=
  if has (fun f => is_divides f.2) l then
    [seq (if is_divides f.2 || divides_in f.2 then f else put_in (by_modulus l) f) | f <- l]
  else l.

(* A summed coordinate that a condition gives. *)
Definition lower (i v : nat) : nat := if (v < i)%N then v else v.-1.
Definition lift (i v : nat) : nat := if (v < i)%N then v else v.+1.
Definition at_sort (s : nat) (f : nat -> nat) (s' v : nat) : nat := if s' == s then f v else v.
Definition dropping (a i : nat) (y : base) (d : Z) : substitution :=
  Substitution (at_sort a (lower i))
    (fun a' b => if (a' == a) && same_base b (Rank i) then (y, d)
                 else (rename parts (at_sort a (lower i)) a' b, 0%coqZ))
    (fun=> 0%coqZ).
Definition lifting (s i : nat) : substitution := renaming parts (at_sort s (lift i)).
Definition lowering (s i : nat) : substitution := renaming parts (at_sort s (lower i)).
(* The condition that says where variable i of an axis is, and the other factors. *)
Fixpoint find_given (tele : seq nat) (l : seq (bool * factor))
  : option (nat * nat * base * Z * seq (bool * factor)) :=
  match l with
  | [::] => None
  | f :: l =>
    let later := if find_given tele l is Some (a, i, y, d, rest) then Some (a, i, y, d, f :: rest) else None in
    match f.2 with
    | Alike a (Rank i) y d =>
      if (i < count_mem a tele)%N then Some (a, i, y, d, l)
      else if y is Rank j then (if (j < count_mem a tele)%N then Some (a, j, Rank i, (- d)%coqZ, l) else later)
      else later
    | Alike a x (Rank j) d => if (j < count_mem a tele)%N then Some (a, j, x, (- d)%coqZ, l) else later
    | _ => later
    end
  end.
Definition use_given (t : term) : option term :=
  if find_given (telescope t) (body t) is Some (a, i, y, d, rest) then
    let y' := rename parts (at_sort a (lower i)) a y in
    if (dims <= a)%N && same_base (rename parts (at_sort a (lift i)) a y') y then
      Some (Work (coefficient t) (rem a (telescope t)) (map (put_in (dropping a i y' d)) rest))
    else None
  else None.

(* Where a condition is known, one coordinate stands for the other: bound ones go first, then greater ones. *)
Definition bound (tele : seq nat) (a : nat) (b : base) : bool :=
  match b with Zero => false | Rank v => (v < count_mem a tele)%N | Own p v => (v < count_mem (dimension p) tele)%N end.
Definition goes_first (tele : seq nat) (a : nat) (x y : base) : bool :=
  match bound tele a x, bound tele a y with
  | true, false => true | false, true => false
  | _, _ => if compare_base x y is Gt then true else false
  end.
Definition knowing (a : nat) (x y : base) (d : Z) : substitution :=
  Substitution (fun s v => v) (fun a' b => if (a' == a) && same_base b x then (y, d) else (b, 0%coqZ))
    (fun=> 0%coqZ).
Definition put_known (a : nat) (x y : base) (d : Z) (before after : seq (bool * factor)) f :=
  let p := map (put_in (knowing a x y d)) in rev (p before) ++ f :: p after.
Definition changed (l l' : seq (bool * factor)) : bool :=
  if compare_each (pack l) (pack l') is Eq then false else true.
Fixpoint use_known (tele : seq nat) (before after : seq (bool * factor)) : option (seq (bool * factor)) :=
  match after with
  | [::] => None
  | f :: after =>
    let next := use_known tele (f :: before) after in
    if f.2 is Alike a x y d then
      let l := if goes_first tele a x y then put_known a x y d before after f
               else put_known a y x (- d) before after f in
      if (if goes_first tele a x y then x else y) is Zero then next
      else if changed (rev before ++ f :: after) l then Some l else next
    else next
  end.

(* Bound owners that are alike get a bound coordinate that stands for all of them. *)
Fixpoint least_shift (a : nat) (x : base) (l : seq (bool * factor)) (m : Z) : Z :=
  match l with
  | [::] => m
  | (_, Alike a' x' y' d) :: l =>
    least_shift a x l (if a == a' then
      (if same_base x x' then Z.min m (- d) else if same_base x y' then Z.min m d else m) else m)
  | _ :: l => least_shift a x l m
  end.
Fixpoint find_star (tele : seq nat) (l all : seq (bool * factor)) : option (nat * base * Z) :=
  match l with
  | [::] => None
  | (_, Alike a (Own p v) (Own q u) d) :: l =>
    if bound tele a (Own p v) && bound tele a (Own q u) then
      let x := if goes_first tele a (Own p v) (Own q u) then Own q u else Own p v in
      Some (a, x, least_shift a x all 0)
    else find_star tele l all
  | _ :: l => find_star tele l all
  end.
Definition use_star (t : term) : option term :=
  if find_star (telescope t) (body t) (body t) is Some (a, x, m) then
    let i := count_mem a (telescope t) in
    if (dims <= a)%N then
      Some (Work (coefficient t) (a :: telescope t)
        ((true, Alike a (Rank i) (rename parts (at_sort a (lift i)) a x) m)
         :: map (put_in (lifting a i)) (body t)))
    else None
  else None.
Fixpoint settle (fuel : nat) (starred : bool) (t : term) : option term :=
  if fuel is fuel.+1 then
    if tidy (merge_divides (body t)) is Some l then
      if tidy (use_modulus l) is Some l then
        let t := Work (coefficient t) (telescope t) l in
        match (if starred then None else use_given t) with
        | Some t => settle fuel starred t
        | None =>
          match use_known (telescope t) [::] (body t) with
          | Some l => settle fuel starred (Work (coefficient t) (telescope t) l)
          | None => if use_star t is Some t then settle fuel true t else Some t
          end
        end
      else None
    else None
  else Some t.
End Normaliser.
End Terms.
Export Terms.

Module Conditions.
(* ---- The steps about conditions change no value ---- *)
Section Conditions.
Variables (R : realFieldType) (w : world R) (dims : nat) (least : seq nat).
Hypothesis populated_w : populated w least.
Hypothesis parts_dims : forall p, (part_dimension (parts w) p < dims)%N.
Implicit Types (e : place) (l : seq (bool * factor)) (t : term).
Local Notation dimension := (part_dimension (parts w)).
Local Notation alike := (alike w dims).
Local Notation suits := (suits w dims).
Local Notation value := (value w dims).
Local Notation value_each := (value_each w dims).
Local Notation value_all := (value_all w dims).
Local Notation defined := (defined w dims).
Local Notation defined_each := (defined_each w dims).
Local Notation defined_all := (defined_all w dims).
Local Notation sum_all := (sum_all w).
Local Notation put_in := (put_in (parts w)).
Lemma populous s : (0 < sizes w s)%N.
Proof. by apply: leq_trans (populated_w s); rewrite leq_max. Qed.
Lemma least_le a : (least_ranks least a <= Z.of_nat (sizes w a))%coqZ.
Proof.
have /leP : (nth 1 least a <= sizes w a)%N by apply: leq_trans (populated_w a); rewrite leq_maxr.
by rewrite /least_ranks => ?; lia.
Qed.
Local Hint Resolve populous : core.
Definition product e l : R := value_each e (pack l).
Definition body_defined l : Prop := defined_each (pack l).
Definition term_value e t : R := fraction_value R (coefficient t) * sum_all (telescope t) (product^~ (body t)) e.
Definition refines t t' : Prop :=
  body_defined (body t) -> body_defined (body t') /\ forall e, term_value e t' = term_value e t.
Definition body_refines l l' : Prop :=
  body_defined l -> body_defined l' /\ forall e, product e l' = product e l.
Lemma product_cat e l l' : product e (l ++ l') = product e l * product e l'.
Proof. by elim: l => [|f l IH]; rewrite /product /= ?mul1r // -mulrA -IH. Qed.
Lemma product_cons e f l : product e (f :: l) = value e f.2 * product e l. Proof. by []. Qed.
Lemma defined_cat l l' : body_defined (l ++ l') <-> body_defined l /\ body_defined l'.
Proof.
elim: l => [|f l IH]; rewrite /body_defined /=; first by split=> // [[]].
split=> [[df /IH [? ?]] // | [[df dl] dl']]; split=> //; exact/IH.
Qed.
Lemma product_ext l : extensional w dims (product^~ l).
Proof. by move=> e e' al; exact: (proj1 (proj2 (value_alike dims populous))). Qed.
Lemma put_in_value p e e' f : suits p e e' -> value e' (put_in p f).2 = value e f.2.
Proof. exact: (proj1 (@put_value R w dims populous) f.2 p e e'). Qed.
Lemma product_put p e e' l : suits p e e' -> product e' (map (put_in p) l) = product e l.
Proof.
by move=> su; elim: l => //= f l IH; rewrite !product_cons IH (put_in_value _ su).
Qed.
Lemma defined_put p l : plain p -> body_defined l -> body_defined (map (put_in p) l).
Proof.
move=> pl; elim: l => //= f l IH; rewrite /body_defined /= => [[df dl]].
by split; [apply: (proj1 (put_defined _ _)) | apply: IH].
Qed.
Lemma body_refines_term t l : body_refines (body t) l -> refines t (Work (coefficient t) (telescope t) l).
Proof.
move=> br d; have [d' E] := br d; split=> // e; rewrite /term_value /=; congr (_ * _).
exact: sum_all_eq.
Qed.
Lemma refines_trans t u v : refines t u -> refines u v -> refines t v.
Proof. by move=> tu uv d; have [d' E] := tu d; have [d'' E'] := uv d'; split=> // e; rewrite E'. Qed.
Lemma body_refines_trans l m n : body_refines l m -> body_refines m n -> body_refines l n.
Proof. by move=> tu uv d; have [d' E] := tu d; have [d'' E'] := uv d'; split=> // e; rewrite E'. Qed.

Lemma divides_opp a x : divides w a (- x) = divides w a x.
Proof.
by apply/(dividesP populous)/(dividesP populous) => [] [k E]; exists (- k)%coqZ; lia.
Qed.
Lemma divides_abs a x : divides w a (Z.abs x) = divides w a x.
Proof. by have [E|E] := Z.abs_eq_or_opp x; rewrite E ?divides_opp. Qed.
Lemma divides_small a d : (d =? 0)%coqZ = false -> (Z.abs d <? least_ranks least a)%coqZ -> divides w a d = false.
Proof.
move=> /Z.eqb_neq nz /Z.ltb_lt lt; apply/negP => /(dividesP populous) [k E].
have D : Z.divide (Z.of_nat (sizes w a)) (Z.abs d) by apply/Z.divide_abs_r; exists k.
have := Z.divide_pos_le _ _ (proj2 (Z.abs_pos d) nz) D; have := @least_le a; lia.
Qed.
Lemma divides_gcd a x y : divides w a (Z.gcd x y) = divides w a x && divides w a y.
Proof.
have dv z : reflect (Z.divide (Z.of_nat (sizes w a)) z) (divides w a z).
  by apply: (iffP (dividesP populous _ _)) => [] [k ->]; exists k.
apply/dv/andP => [D|[/dv ? /dv ?]]; last exact: Z.gcd_greatest.
by split; apply/dv; apply: Z.divide_trans D _; [exact: Z.gcd_divide_l | exact: Z.gcd_divide_r].
Qed.
Lemma alike_value e a x y d :
  value e (Alike a x y d) = (divides w a (base_value e a x - base_value e a y - d))%:R.
Proof. by []. Qed.
Lemma divides_value e a d : value e (Divides a d) = (divides w a d)%:R. Proof. by []. Qed.
Lemma alike_flip e a x y d : value e (Alike a y x (- d)) = value e (Alike a x y d).
Proof. by rewrite !alike_value -divides_opp; congr (divides _ _ _)%:R; ring. Qed.
Lemma tidy_sound l :
  match tidy least l with Some l' => body_refines l l' | None => forall e, product e l = 0 end.
Proof.
elim: l => [|[b f] l IH] /=; first by [].
case: (tidy least l) IH => [l'|] IH; last by move=> e; rewrite product_cons IH mulr0.
have keep b' : body_refines ((b, f) :: l) ((b', f) :: l').
  by case=> df /IH [dl E]; split=> // e; rewrite !product_cons E.
have test a d : (forall e, value e f = (divides w a d)%:R) ->
    if (d =? 0)%coqZ then body_refines ((b, f) :: l) l'
    else if (Z.abs d <? least_ranks least a)%coqZ then forall e, product e ((b, f) :: l) = 0
    else True.
  move=> Ef; case: ifP => [/Z.eqb_eq Ed|nz].
    case=> df /IH [dl E]; split=> // e; rewrite product_cons /= Ef Ed divides0 ?mul1r ?E //.
  by case: ifP => // lt e; rewrite product_cons /= Ef divides_small // mul0r.
case: f keep test => [a x y d|a d|s|v i|s g h|g] keep test; try exact: keep.
- case E: (compare_base x y); first last.
  + by case=> df /IH [dl El]; split=> // e; rewrite !product_cons El /= -(alike_flip e a x y d).
  + exact: keep.
  move: (test a d); rewrite (compare_baseE E); case Ed: (d =? 0)%coqZ => T; first apply: T.
    by move=> e; rewrite alike_value -divides_opp; congr (divides _ _ _)%:R; ring.
  case Ea: (Z.abs d <? least_ranks least a)%coqZ T => T; first apply: T.
    by move=> e; rewrite alike_value -divides_opp; congr (divides _ _ _)%:R; ring.
  case=> df /IH [dl El]; split=> // e; rewrite !product_cons El.
  rewrite divides_value divides_abs alike_value.
  by rewrite (_ : base_value e a y - base_value e a y - d = - d)%coqZ ?divides_opp //; ring.
- by move: (test a d (fun=> erefl)); case: ifP => // _; case: ifP => // _ _; exact: keep.
Qed.
Lemma add_divides_value e a d l : product e (add_divides a d l) = (divides w a d)%:R * product e l.
Proof.
elim: l => [|[b f] l IH] //; case: f => [a' x y d'|a' d'|s|v i|s g h|g] /=;
  rewrite ?product_cons ?IH 1?mulrCA //.
case: eqP => [<-|_]; rewrite !product_cons ?IH 1?mulrCA //.
by rewrite !divides_value divides_gcd [in RHS]mulrA -natrM mulnb.
Qed.
Lemma add_divides_defined a d l : body_defined l -> body_defined (add_divides a d l).
Proof.
elim: l => [|[b f] l IH] //; case: f => [a' x y d'|a' d'|s|v i|s g h|g] /=;
  rewrite /body_defined //= => [[? dl]]; have := IH dl => //.
by case: eqP.
Qed.
Lemma merge_divides_sound l : body_refines l (merge_divides l).
Proof.
elim: l => [|[b f] l IH] //; case=> df /IH [dl E]; case: f df => [a' x y d'|a' d'|s|v i|s g h|g] df /=;
  try by split=> // e; rewrite !product_cons E.
by split=> [|e]; [exact: add_divides_defined | rewrite add_divides_value E].
Qed.
Definition divisible l := all (fun f => if f.2 is Divides a d then divides w a d else true) l.
Lemma modulus_of_divides l a : divisible l -> modulus_of l a <> 0%coqZ -> divides w a (modulus_of l a).
Proof.
elim: l => [|[b f] l IH] //; case: f => [a' x y d'|a' d'|s|v i|s g h|g] //=.
by case/andP=> dv dl; case: eqP => [->|_] //; exact: IH.
Qed.
Lemma divides_in_put p :
  (forall f, divides_in f = false -> defined (put (parts w) p f)) /\
  (forall fs, forall p, divides_in_each fs = false -> defined_each (put_each (parts w) p fs)) /\
  (forall a, forall p, divides_in_all a = false -> defined_all (put_all (parts w) p a)).
Proof.
have H : (forall f, forall p, divides_in f = false -> defined (put (parts w) p f)) /\
  (forall fs, forall p, divides_in_each fs = false -> defined_each (put_each (parts w) p fs)) /\
  (forall a, forall p, divides_in_all a = false -> defined_all (put_all (parts w) p a)).
  apply: factor_expression => //=.
  - move=> s q _; rewrite (_ : put _ q (SizeOf s) =
      if (modulus q s =? 1)%coqZ then Alike s Zero Zero 0 else SizeOf s) //; by case: ifP.
  - move=> s a IHa b IHb q /negbT; rewrite negb_or => /andP [/negbTE na /negbTE nb].
    by split; [exact: IHa | exact: IHb].
  - move=> f IHf fs IHs q /negbT; rewrite negb_or => /andP [/negbTE na /negbTE nb].
    by split; [exact: IHf | exact: IHs].
  - move=> c t fs IHs a IHa q /negbT; rewrite negb_or => /andP [/negbTE na /negbTE nb].
    by split; [exact: IHs | exact: IHa].
by case: H => H1 H2; split=> // f; exact: H1.
Qed.
Lemma use_modulus_sound l : body_refines l (use_modulus (parts w) l).
Proof.
rewrite /use_modulus; case: ifP => // _ d; set F := fun f => _.
have dF m : body_defined m -> body_defined (map F m).
  elim: m => //= f m IH; rewrite /body_defined /= => [[df dm]]; split; last exact: IH.
  rewrite /F; case: ifP => // /negbT; rewrite negb_or => /andP [_ /negbTE ni].
  exact: (proj1 (divides_in_put _)).
split=> [|e]; first exact: dF.
have [dv|nd] := boolP (divisible l).
  have su : suits (by_modulus l) e e.
    split=> // [a b|a]; last exact: modulus_of_divides.
    rewrite /by_modulus /=; case: Z.eqb_spec => Em; last by exists 0%coqZ; rewrite /=; lia.
    have /(divides1 populous) E : divides w a 1 by rewrite -Em; apply: (modulus_of_divides dv); rewrite Em.
    by exists (- base_value e a b)%coqZ; rewrite E /=; lia.
  suff H m : product e (map F m) = product e m by exact: H.
  elim: m => //= f m IH; rewrite !product_cons IH; congr (_ * _).
  by rewrite /F; case: ifP => // _; rewrite (put_in_value _ su).
suff H m : ~~ divisible m -> product e m = 0 /\ product e (map F m) = 0 by have [-> ->] := H l nd.
elim: m => //= -[b f] m IH; rewrite negb_and !product_cons => /orP [nf|/IH [-> ->]].
  case: f nf => // a d' nf; rewrite [F _]/= !divides_value (negbTE nf).
  by rewrite !mul0r.
by rewrite !mulr0.
Qed.

(* -- a summed coordinate that is given -- *)
Lemma rename_value f e e' :
  (forall s v, index_at e' s (f s v) = index_at e s v) ->
  (forall a b, base_value e' a (rename (parts w) f a b) = base_value e a b) ->
  suits (renaming (parts w) f) e e'.
Proof. by move=> I B; split=> //= a' b'; rewrite B Z.add_0_r; exact: congruent_refl. Qed.
Lemma beyond i v : (i <= v)%N -> (v.+1 < i)%N = false /\ (v.+1 == i) = false.
Proof. by move=> le; rewrite ltnNge leqW //= gtn_eqF. Qed.
Lemma lift_value s i x e a b :
  base_value (insert w s i x e) a (rename (parts w) (at_sort s (lift i)) a b) = base_value e a b.
Proof.
by case: b => [|v|q v] //=; rewrite /at_sort; case: eqP => // _; rewrite /lift;
   case: (ltnP v i) => [->|/beyond [-> ->]].
Qed.
Lemma lift_suits s i x e : suits (lifting (parts w) s i) e (insert w s i x e).
Proof.
apply: rename_value => // [s' v|a b]; last exact: lift_value.
rewrite /= /at_sort; case: eqP => // ->; rewrite /lift.
by case: (ltnP v i) => [->|/beyond [-> ->]].
Qed.
Lemma sum_given n (F : nat -> R) (y : Z) : (0 < n)%N ->
  let x0 := Z.to_nat (y mod Z.of_nat n) in
  (x0 < n)%N /\ \sum_(x < n) ((Z.of_nat x - y) mod Z.of_nat n =? 0)%coqZ%:R * F x = F x0.
Proof.
move=> n0 x0; have n1 : (0 < Z.of_nat n)%coqZ by move/ltP: n0; lia.
have [lo hi] := Z.mod_pos_bound y _ n1.
have lt : (x0 < n)%N by apply/ltP; rewrite /x0; lia.
split=> //; rewrite (bigD1 (Ordinal lt)) //= big1 ?addr0.
  have -> : ((Z.of_nat x0 - y) mod Z.of_nat n =? 0)%coqZ = true; last by rewrite mul1r.
  apply/Z.eqb_eq; rewrite /x0 Z2Nat.id //; apply/Z.mod_divide; first by lia.
  by exists (- (y / Z.of_nat n))%coqZ; have := Z.div_mod y (Z.of_nat n); lia.
move=> x ne; case: Z.eqb_spec => E; last by rewrite mul0r.
case/eqP: ne; apply: val_inj => /=.
have x_lt : (Z.of_nat x < Z.of_nat n)%coqZ by move/ltP: (ltn_ord x); lia.
have -> : x0 = Z.to_nat (Z.of_nat x mod Z.of_nat n); last by rewrite Z.mod_small ?Nat2Z.id; lia.
rewrite /x0; congr Z.to_nat; have -> : y = (Z.of_nat x - (Z.of_nat x - y))%coqZ by ring.
by rewrite Zminus_mod E Z.sub_0_r Z.mod_mod; lia.
Qed.
End Conditions.
End Conditions.
Export Conditions.

Module Coordinates.
Section Conditions2.
Variables (R : realFieldType) (w : world R) (dims : nat) (least : seq nat).
Hypothesis populated_w : populated w least.
Hypothesis parts_dims : forall p, (part_dimension (parts w) p < dims)%N.
Implicit Types (e : place) (l : seq (bool * factor)) (t : term).
Local Notation dimension := (part_dimension (parts w)).
Local Notation suits := (suits w dims).
Local Notation value := (value w dims).
Local Notation body_defined := (body_defined w dims).
Local Notation product := (product w dims).
Local Notation term_value := (term_value w dims).
Local Notation refines := (refines w dims).
Local Notation body_refines := (body_refines w dims).
Local Notation sum_all := (sum_all w).
Local Notation insert := (insert w).
Local Notation put_in := (put_in (parts w)).
Local Notation populous := (populous populated_w).
Lemma find_given_sound tele l a i y d rest : find_given tele l = Some (a, i, y, d, rest) ->
  [/\ (i < count_mem a tele)%N, body_defined l -> body_defined rest &
      forall e, product e l = value e (Alike a (Rank i) y d) * product e rest].
Proof.
elim: l rest => //= -[b f] l IH rest.
have later : (if find_given tele l is Some (a', i', y', d', rest') then
      Some (a', i', y', d', (b, f) :: rest') else None) = Some (a, i, y, d, rest) ->
    [/\ (i < count_mem a tele)%N, body_defined ((b, f) :: l) -> body_defined rest &
      forall e, product e ((b, f) :: l) = value e (Alike a (Rank i) y d) * product e rest].
  case E: (find_given tele l) => [[[[[a' i'] y'] d'] rest']|] // [? ? ? ? ?]; subst.
  have [lt D V] := IH _ E; split=> // [[df /D dl]|e]; first by split.
  by rewrite !product_cons V mulrCA.
have right x j a' d' : (j < count_mem a' tele)%N -> f = Alike a' x (Rank j) d' ->
    Some (a', j, x, (- d')%coqZ, l) = Some (a, i, y, d, rest) ->
    [/\ (i < count_mem a tele)%N, body_defined ((b, f) :: l) -> body_defined rest &
      forall e, product e ((b, f) :: l) = value e (Alike a (Rank i) y d) * product e rest].
  move=> lt -> [? ? ? ? ?]; subst; split=> // [[]|e] //.
  by rewrite product_cons; congr (_ * _); exact/esym/alike_flip.
case: f later right => //= a' x y' d' later right.
case: x later right => [|v|p v] later right.
- by case: y' later right => // u later right; case: ifP => // lt /(right _ _ _ _ lt erefl).
- case: ifP => [lt [? ? ? ? ?]|_]; first by subst; split=> // -[].
  by case: y' later right => // u later right; case: ifP => // lt /(right _ _ _ _ lt erefl).
- by case: y' later right => // u later right; case: ifP => // lt /(right _ _ _ _ lt erefl).
Qed.
Lemma same_baseE x y : same_base x y -> x = y.
Proof. by rewrite /same_base; case E: (compare_base x y) => // _; exact: compare_baseE. Qed.
Lemma same_base_rank v i : same_base (Rank v) (Rank i) = (v == i).
Proof.
rewrite /same_base /=; case: eqP => [->|ne]; first by rewrite Nat.compare_refl.
by case E: (Nat.compare v i) => //; case: ne; exact: compare_natE.
Qed.
Lemma dropping_suits a i y d x e : (dims <= a)%N ->
  congruent w a (base_value e a y + d) (Z.of_nat x) ->
  suits (dropping (parts w) a i y d) (insert a i x e) e.
Proof.
move=> big co; split=> // [s v lt|a' [|v|q v]] /=.
- by rewrite /at_sort; case: eqP => // E; move: lt; rewrite E ltnNge big.
- by rewrite andbF; exact: congruent_refl.
- rewrite same_base_rank; case: (eqVneq a' a) => [->|ne] /=; last first.
    by rewrite /at_sort (negbTE ne) Z.add_0_r; exact: congruent_refl.
  case: (eqVneq v i) => [->|/negbTE ne] /=; first by rewrite ltnn.
  by rewrite /at_sort eqxx Z.add_0_r /lower ?ne; case: ifP => _; exact: congruent_refl.
- have -> : same_base (Own q v) (Rank i) = false by [].
  have ne : (dimension q == a) = false by apply/negbTE; rewrite neq_ltn (leq_trans (parts_dims q) big).
  by rewrite andbF /= ne /at_sort ne Z.add_0_r; exact: congruent_refl.
Qed.
Lemma dropping_plain a i y d : plain (dropping (parts w) a i y d).
Proof. by split=> //= a'; rewrite andbF. Qed.
Lemma use_given_sound t t' : use_given (parts w) dims t = Some t' -> refines t t'.
Proof.
rewrite /use_given; case E: (find_given _ _) => [[[[[a i] y] d] rest]|] //.
case: ifP => // /andP [big /same_baseE Ey] [<-]; have [lt D V] := find_given_sound E.
move: Ey; set y' := rename _ (at_sort a (lower i)) a y => Ey dt; split; first exact/(defined_put populated_w (dropping_plain _ _ _ _))/D.
move=> e; rewrite /term_value /=; congr (_ * _).
have ext := @product_ext R w dims least populated_w (body t).
rewrite (sum_extract _ ext lt); apply: sum_all_eq => {}e.
have [x_lt S] := sum_given (fun x => product (insert a i x e) rest) (base_value e a y' + d) (populous a).
set x0 := Z.to_nat _ in x_lt S; rewrite -[LHS]/(product e (map (put_in (dropping (parts w) a i y' d)) rest)).
have su : suits (dropping (parts w) a i y' d) (insert a i x0 e) e.
  apply: dropping_suits => //; have n1 : (0 < Z.of_nat (sizes w a))%coqZ by have /ltP := populous a; lia.
  have [lo hi] := Z.mod_pos_bound (base_value e a y' + d) _ n1.
  exists ((base_value e a y' + d) / Z.of_nat (sizes w a))%coqZ; rewrite Z2Nat.id //.
  by have := Z.div_mod (base_value e a y' + d) (Z.of_nat (sizes w a)); lia.
rewrite (product_put populated_w _ su) -[RHS]/(\sum_(x < sizes w a) product (insert a i x e) (body t)) -S.
apply: eq_bigr => x _; rewrite V alike_value; congr (_%:R * _); rewrite /divides; congr (Z.eqb _ _); congr Z.modulo.
rewrite -Ey lift_value /= eqxx ltnn eqxx; ring.
Qed.

(* -- what is known -- *)
Lemma knowing_suits a x y d e : x <> Zero ->
  divides w a (base_value e a x - base_value e a y - d) -> suits (knowing a x y d) e e.
Proof.
move=> nz /(dividesP populous) [k E]; split=> // a' b /=; case: ifP => [/andP [/eqP -> /same_baseE ->]|_] /=.
  by exists (- k)%coqZ; lia.
by rewrite Z.add_0_r; exact: congruent_refl.
Qed.
Lemma knowing_plain a x y d : x <> Zero -> plain (knowing a x y d).
Proof.
by move=> nz; split=> //= a'; case: ifP => // /andP [_ /same_baseE E]; case: nz.
Qed.
Lemma product_rev e l : product e (rev l) = product e l.
Proof.
elim: l => // f l IH; rewrite rev_cons -cats1 product_cat IH product_cons mulrC.
by rewrite product_cons [product e [::]]/= mulr1.
Qed.
Lemma defined_rev l : body_defined l -> body_defined (rev l).
Proof.
elim: l => // f l IH [df dl]; rewrite rev_cons -cats1; apply/defined_cat; split; first exact: IH.
by split.
Qed.
Lemma put_known_sound a x y d before after f : x <> Zero ->
  (forall e, value e f.2 = value e (Alike a x y d)) ->
  body_refines (rev before ++ f :: after) (put_known (parts w) a x y d before after f).
Proof.
move=> nz Ef; have pl := knowing_plain a y d nz; case/defined_cat=> db [df da].
have db' : body_defined before by rewrite -[before]revK; exact: defined_rev.
split=> [|e].
  apply/defined_cat; split; first exact/defined_rev/(defined_put populated_w pl).
  by split=> //; exact: (defined_put populated_w pl).
rewrite /put_known !product_cat !product_rev !product_cons Ef alike_value.
case Ed: (divides w a _); last by rewrite !mul0r !mulr0.
by have su := knowing_suits nz Ed; rewrite !(product_put populated_w _ su).
Qed.
Lemma use_known_sound tele before after l : use_known (parts w) tele before after = Some l ->
  body_refines (rev before ++ after) l.
Proof.
elim: after before => //= f after IH before.
have next : use_known (parts w) tele (f :: before) after = Some l -> body_refines (rev before ++ f :: after) l.
  by move/IH; rewrite rev_cons -cats1 -catA.
case: f next => b [] //= a x y d next.
case: ifP => go.
  case: x go next => [|v|p v] go next; first exact: next.
  - by case: ifP => _ //; move=> [<-]; exact: put_known_sound.
  - by case: ifP => _ //; move=> [<-]; exact: put_known_sound.
case: y go next => [|v|p v] go next; first exact: next.
- case: ifP => _ // [<-]; apply: put_known_sound => // e.
  exact/esym/(alike_flip dims populated_w).
- case: ifP => _ // [<-]; apply: put_known_sound => // e.
  exact/esym/(alike_flip dims populated_w).
Qed.
Lemma renaming_plain f : plain (renaming (parts w) f).
Proof. by []. Qed.
Lemma use_star_sound t t' : use_star (parts w) dims t = Some t' -> refines t t'.
Proof.
rewrite /use_star; case: (find_star _ _ _ _) => [[[a x] m]|] //; case: ifP => // big [<-] dt.
split; first by split=> //; exact: (defined_put populated_w (renaming_plain _)).
move=> e; rewrite /term_value; congr (_ * _); rewrite [telescope _]/= [body _]/=.
set f := Alike _ _ _ _; set l := map _ _.
have ext : extensional w dims (product^~ ((true, f) :: l)) by exact: product_ext.
rewrite (sum_first _ _ _ ext) //; apply: sum_all_eq => {}e; set i := count_mem _ _.
have [x_lt S] := sum_given (fun x => product e (body t)) (base_value e a x + m) (populous a).
rewrite -S; apply: eq_bigr => z _; rewrite product_cons /l.
rewrite (product_put populated_w (body t) (lift_suits w dims a i z e)); congr (_ * _).
rewrite alike_value; congr (_ %:R); rewrite /divides; congr (Z.eqb _ _); congr Z.modulo.
rewrite lift_value /= eqxx ltnn eqxx; ring.
Qed.
Lemma settle_sound fuel starred t :
  match settle (parts w) dims least fuel starred t with
  | Some t' => refines t t'
  | None => body_defined (body t) -> forall e, term_value e t = 0
  end.
Proof.
elim: fuel starred t => [|fuel IH] starred t //=.
have M := @merge_divides_sound R w dims least populated_w (body t).
have := tidy_sound dims populated_w (merge_divides (body t)).
case: (tidy _ _) => [l|] T; last first.
  move=> /M [_ E] e; rewrite /term_value sum_all0 ?mulr0 // => {}e.
  by rewrite -E; exact: T.
have ML := body_refines_trans M T; have U := @use_modulus_sound R w dims least populated_w l.
have := tidy_sound dims populated_w (use_modulus (parts w) l).
case: (tidy _ _) => [l'|] T'; last first.
  move=> /ML [d E] e; have [_ E'] := U d; rewrite /term_value sum_all0 ?mulr0 // => {}e.
  by rewrite -E -E'; exact: T'.
have R1 := body_refines_term (body_refines_trans ML (body_refines_trans U T')).
set t1 := Work _ _ l' in R1 *.
have then_ t2 s : refines t1 t2 -> match settle (parts w) dims least fuel s t2 with
    | Some t' => refines t t' | None => body_defined (body t) -> forall e, term_value e t = 0 end.
  move=> R2; have := IH s t2; have R3 := refines_trans R1 R2.
  case: (settle _ _ _ _ _ _) => [t'|] H; first exact: refines_trans H.
  by move=> /R3 [d E] e; rewrite -E; exact: H.
case Eg: (if starred then None else use_given (parts w) dims t1) => [t2|].
  by apply: then_; case: starred Eg => // /use_given_sound.
case Ek: (use_known _ _ _ _) => [l2|]; first by apply: then_; exact/body_refines_term/(use_known_sound Ek).
by case Es: (use_star _ _ _) => [t2|] //; apply: then_; exact: use_star_sound.
Qed.
End Conditions2.
End Coordinates.
Export Coordinates.

Module Steps.
(* ---- The other steps, and in which order they are taken ---- *)
Section Normal.
Variables (parts : seq (nat * nat)) (dims : nat) (least : seq nat) (known : seq identity).
Local Notation put := (put parts).
Local Notation put_in := (put_in parts).
Local Notation multiply := (multiply parts).
Local Notation raise := (raise parts).
Local Notation lifting := (lifting parts).
Local Notation lowering := (lowering parts).
Local Notation is_step := (is_step known).
(* The factor as it is written outside of the binders, if it depends on none of them. *)
Definition outside (tele : seq nat) (f : factor) : option factor :=
  let g := put (renaming parts (fun s v => v - count_mem s tele)%N) f in
  if same (put (raise tele) g) f then Some g else None.

(* -- what an expression is made of, in one number: c for its variables -- *)
Definition mix (h x : N) : N := ((h * 1103515245 + x * 69069 + 12345) mod 2147483647)%num.
Definition mix_nat (h : N) (x : nat) : N := mix h (N.of_nat x).
Definition mix_Z (h : N) (x : Z) : N := mix h (match x with Z0 => 0 | Zpos p => Npos p | Zneg p => Npos (p + 1073741824) end)%num.
Definition colouring := nat -> nat -> N.
Definition hash_under (s : nat) (c : colouring) : colouring := fun s' i =>
  if s' == s then (if i is j.+1 then c s j else mix_nat 13 s) else c s' i.
Definition hash_base (c : colouring) (a : nat) (b : base) : N :=
  match b with
  | Zero => 19
  | Rank v => mix 23 (c a v)
  | Own p v => mix (mix_nat 29 p) (c (part_dimension parts p) v)
  end.
Fixpoint hash (c : colouring) (f : factor) : N :=
  match f with
  | Alike a x y d => mix_nat (mix (hash_base c a x) (mix_Z 31 d) + mix (hash_base c a y) (mix_Z 31 (- d))) a
  | Divides a d => mix_Z (mix_nat 37 a) d
  | SizeOf s => mix_nat 41 s
  | Entry t vs => foldl (fun h v => mix h (c v.1 v.2)) (mix_nat 43 t) vs
  | Call s a b => mix (mix (mix_nat 47 s) (hash_all c a)) (hash_all c b)
  | Inverse a => mix 53 (hash_all c a)
  end%num
with hash_each (c : colouring) (fs : factors) : N :=
  match fs with Nil => 0 | Cons f fs => mix 7 (hash c f) + hash_each c fs end%num
with hash_all (c : colouring) (e : expression) : N :=
  match e with
  | Empty => 59
  | Term q tele fs e =>
    mix (mix_Z (mix_nat 61 (size tele)) q.1) (mix (Npos q.2) (hash_each (foldl (fun c s => hash_under s c) c tele) fs))
    + hash_all c e
  end%num.
(* -- sums: their leads -- *)
Definition size_power (f : factor) : option (nat * Z) :=
  match f with
  | SizeOf s => Some (s, 1%coqZ)
  | Inverse (Term (1%coqZ, 1%positive) [::] (Cons (SizeOf s) Nil) Empty) => Some (s, (-1)%coqZ)
  | _ => None
  end.
Definition to_power (s : nat) (k : Z) : seq factor :=
  nseq (Z.abs_nat k) (if (0 <? k)%coqZ then SizeOf s else Inverse (pack_all [:: single (SizeOf s)])).
Definition power (s : nat) (t : term) : Z :=
  foldr (fun f k => if size_power f.2 is Some (s', j) then (if s' == s then k + j else k)%coqZ else k) 0%coqZ (body t).
Definition sizes_in (ts : seq term) : seq nat :=
  iota 0 (foldr (fun t m => foldr (fun f m => if size_power f.2 is Some (s, _) then maxn m s.+1 else m) m (body t)) 0%N ts).
Definition bare (t : term) : term := Work one (telescope t) [seq f <- body t | ~~ size_power f.2].
(* Of most factors, then of most variables, then of the greatest shape: names of variables do not matter, nor sizes. *)
Definition shape (t : term) : N := foldr (fun f h => h + mix 7 (hash (fun _ _ => 1) f.2))%num 0%num (body t).
Definition compare_leads (t u : term) : comparison :=
  match Nat.compare (size (body t)) (size (body u)) with
  | Eq => match Nat.compare (size (telescope t)) (size (telescope u)) with
    | Eq => N.compare (shape t) (shape u)
    | c => c
    end
  | c => c
  end.
(* The greatest terms of a sum, which differ in sizes only; none where it is not clear. *)
Definition leads (ts : seq term) : seq term :=
  if ts is t :: _ then
    let top := foldl (fun t u => if compare_leads u t is Gt then u else t) (bare t) (map bare ts) in
    let tops := [seq u <- ts | if compare_leads (bare u) top is Eq then true else false] in
    if all (fun u => if compare_terms (bare u) top is Eq then true else false) tops then tops else [::]
  else [::].
Section Nested.
Variable N : seq term -> seq term. (* the normal form of what stands in functions and reciprocals *)

(* -- functions of what depends on a condition are taken in both cases -- *)
Definition is_condition (f : factor) : bool :=
  match f with Alike _ _ _ _ | Divides _ _ => true | _ => false end.
Fixpoint find_condition_in (tele : seq nat) (l : seq (bool * factor)) : option factor :=
  if l is f :: l then
    if (if is_condition f.2 then outside tele f.2 else None) is Some c then Some c else find_condition_in tele l
  else None.
Fixpoint find_condition (ts : seq term) : option factor :=
  if ts is t :: ts then
    if find_condition_in (telescope t) (body t) is Some c then Some c else find_condition ts
  else None.
(* What the terms are where the condition holds, or does not. *)
Definition decide_term (c : factor) (holds : bool) (t : term) : seq term :=
  let is_c (f : bool * factor) := same f.2 (put (raise (telescope t)) c) in
  if has is_c (body t) then
    if holds then [:: Work (coefficient t) (telescope t) (filter (predC is_c) (body t))] else [::]
  else [:: t].
Definition decide (c : factor) (holds : bool) (ts : seq term) : seq term := flatten (map (decide_term c holds) ts).

Definition positive_factor (f : factor) : bool :=
  match f with
  | SizeOf _ => true
  | Inverse (Term (Zpos _, _) [::] (Cons (SizeOf _) Nil) Empty) => true
  | _ => false
  end.
Definition positive_term (t : term) : bool :=
  if telescope t is [::] then (0 <? (coefficient t).1)%coqZ && all (fun f => positive_factor f.2) (body t) else false.
Definition negative_term (t : term) : bool :=
  if telescope t is [::] then ((coefficient t).1 <? 0)%coqZ && all (fun f => positive_factor f.2) (body t) else false.
Definition is_relu (s : nat) : bool := has (fun i => if i is Relu s' then s' == s else false) known.
Definition plain_call (s : nat) (a b : seq term) : seq term := [:: single (Call s (pack_all a) (pack_all b))].
(* The only factor of an expression that is nothing else. *)
Definition alone (ts : seq term) : option factor :=
  if ts is [:: Work (Zpos xH, xH) [::] [:: (_, f)]] then Some f else None.
Definition call_step (s : nat) (a b : seq term) : seq term :=
  if all positive_term a && (0 < size a)%N then constant one
  else if all negative_term a then [::]
  else match alone a with
       | Some (Call r x y) => if is_relu r then [:: single (Call s x (pack_all b))] else plain_call s a b
       | _ => plain_call s a b
       end.
Definition square (s : nat) (a b : seq term) : seq term :=
  multiply (plain_call s a b) (plain_call s a b).
Definition call_by (i : identity) (s : nat) (a b : seq term) : option (seq term) :=
  match i with
  | Identity f => if s == f then Some a else if s == f.+1 then Some (constant one) else None
  | Relu f =>
    if s == f then (if alone a is Some (Call r _ _) then (if r == f then Some a else None) else None)
    else None
  | Sigmoid f => if s == f.+1 then Some (plain_call f a b ++ scale minus_one (square f a b)) else None
  | Tanh f => if s == f.+1 then Some (constant one ++ scale minus_one (square f a b)) else None
  | Same _ _ => None
  | Step f => if s == f then Some (call_step s a b) else None
  | HalfSse f => if s == f then Some (a ++ scale minus_one b) else None
  | Mse f x y =>
    if s == f then
      let size_inverse z := single (Inverse (pack_all [:: single (SizeOf z)])) in
      Some (multiply (scale (2, 1%positive)%coqZ (a ++ scale minus_one b))
                     (multiply [:: size_inverse x] [:: size_inverse y]))
    else None
  end.
Fixpoint call_first (ids : seq identity) (s : nat) (a b : seq term) : seq term :=
  if ids is i :: ids then
    if call_by i s a b is Some ts then ts else call_first ids s a b
  else plain_call s a b.
(* One function has one name; relu' is the step. *)
Fixpoint name_of (ids : seq identity) (s : nat) : nat :=
  match ids with
  | [::] => s
  | Same f g :: ids => if s == f then g else if s == f.+1 then g.+1 else name_of ids s
  | _ :: ids => name_of ids s
  end.
Fixpoint step_name (ids all : seq identity) (s : nat) : nat :=
  match ids with
  | [::] => s
  | Relu f :: ids =>
    if s == f.+1 then (if [seq i <- all | if i is Step _ then true else false] is Step t :: _ then t else s)
    else step_name ids all s
  | _ :: ids => step_name ids all s
  end.
Definition call (s : nat) (a b : seq term) : seq term :=
  call_first known (step_name known known (name_of known s)) a b.
Fixpoint call_cases (fuel : nat) (s : nat) (a b : seq term) : seq term :=
  if fuel is fuel.+1 then
    match (if find_condition a is Some c then Some c else find_condition b) with
    | Some c =>
      let branch h := call_cases fuel s (N (decide c h a)) (N (decide c h b)) in
      let no := branch false in let c := [:: single c] in
      no ++ (multiply c (branch true) ++ scale minus_one (multiply c no))
    | None => call s a b
    end
  else call s a b.

(* -- reciprocals: of a product the product of the reciprocals -- *)
Definition invert_factor (f : factor) : seq term :=
  match f with
  | Alike _ _ _ _ | Divides _ _ => [:: single f] (* 0 or 1, as its reciprocal *)
  | Inverse a => unpack_all true a
  | Call s _ _ => if is_step s then [:: single f] else [:: single (Inverse (pack_all [:: single f]))]
  | _ => [:: single (Inverse (pack_all [:: single f]))]
  end.
Fixpoint split_outside (tele : seq nat) (l : seq (bool * factor)) : seq factor * seq (bool * factor) :=
  if l is f :: l then
    let (outer, inner) := split_outside tele l in
    if outside tele f.2 is Some g then (g :: outer, inner) else (outer, f :: inner)
  else ([::], [::]).
Definition invert_term (t : term) : seq term :=
  let (outer, inner) := split_outside (telescope t) (body t) in
  let rest := match telescope t, inner with
    | [::], [::] => constant one
    | tele, _ => [:: single (Inverse (pack_all [:: Work one tele inner]))]
    end in
  scale (fraction_inv (coefficient t)) (foldr (fun f ts => multiply (invert_factor f) ts) rest outer).
(* Times sizes, so that every one's least power is 0, and over the number that the lead is multiplied by. *)
Definition missing_sizes (ts : seq term) : seq (bool * factor) :=
  let least_power s := foldr (fun t k => Z.min k (power s t)) (if ts is t :: _ then power s t else 0%coqZ) ts in
  map (pair true) (flatten [seq to_power s (- least_power s) | s <- sizes_in ts]).
Definition invert_sum (ts : seq term) : seq term :=
  let content := missing_sizes ts in
  let us := N (multiply [:: Work one [::] content] ts) in
  let c := if leads us is u :: _ then fraction_inv (coefficient u) else one in
  if (c.1 =? 0)%coqZ then [:: single (Inverse (pack_all ts))]
  else multiply [:: Work c [::] content] [:: single (Inverse (pack_all (scale c us)))].
Definition invert (ts : seq term) : seq term :=
  match ts with
  | [:: t] => invert_term t
  | [::] => [:: single (Inverse Empty)]
  | ts => invert_sum ts
  end.

Definition expand_factor (f : bool * factor) : seq term :=
  if f.1 then [:: single f.2] else
  match f.2 with
  | Call s a b => call_cases 8 s (N (unpack_all false a)) (N (unpack_all false b))
  | Inverse a => invert (N (unpack_all false a))
  | f => [:: single f]
  end.
Definition expand (t : term) : seq term :=
  [seq Work (fraction_mul (coefficient t) (coefficient u)) (telescope t ++ telescope u) (body u)
  | u <- foldr (fun f ts => multiply (expand_factor f) ts) (constant one) (body t)].
End Nested.

(* -- step is its own square; x step(x x) is x -- *)
Definition is_call_step (f : factor) : bool := if f is Call s _ _ then is_step s else false.
Fixpoint cut (l : seq (bool * factor)) : seq (bool * factor) :=
  if l is f :: l then
    let l := cut l in if is_call_step f.2 && has (fun g => same f.2 g.2) l then l else f :: l
  else [::].
Fixpoint pairs_in (fs : factors) (l : seq (bool * factor)) : bool :=
  match fs with
  | Nil => true
  | Cons f fs =>
    if positive_factor f then pairs_in fs l
    else if fs is Cons g fs then same f g && has (fun h => same f h.2) l && pairs_in fs l else false
  end.
Definition needless (l : seq (bool * factor)) (f : factor) : bool :=
  if f is Call s (Term (Zpos _, _) [::] fs Empty) _ then is_step s && pairs_in fs l else false.
Fixpoint drop_needless (before l : seq (bool * factor)) : seq (bool * factor) :=
  if l is f :: l then
    if needless (before ++ l) f.2 then drop_needless before l else drop_needless (before ++ [:: f]) l
  else before.

(* -- relu(z) step(z) is z step(z) -- *)
Definition steps_at (a : expression) (f : factor) : bool :=
  if f is Call s b _ then is_step s && (if compare_all a b is Eq then true else false) else false.
Fixpoint find_relu (before l : seq (bool * factor)) : option (expression * seq (bool * factor)) :=
  if l is f :: l then
    if (if f.2 is Call s a _ then
          (if is_relu s && has (fun g => steps_at a g.2) (before ++ l) then Some a else None) else None) is Some a
    then Some (a, before ++ l)
    else find_relu (before ++ [:: f]) l
  else None.
Definition use_relu (t : term) : option (seq term) :=
  if find_relu [::] (body t) is Some (a, rest) then
    Some [seq Work (fraction_mul (coefficient t) (coefficient u)) (telescope t ++ telescope u)
                   (map (put_in (raise (telescope u))) rest ++ body u) | u <- unpack_all true a]
  else None.

(* -- a sum over all ranks of an axis may start at any rank: the least offset becomes 0 -- *)
Definition lesser (a b : option Z) : option Z :=
  match a, b with Some x, Some y => Some (Z.min x y) | Some _, None => a | None, _ => b end.
Fixpoint offset_in (a i : nat) (f : factor) : option Z :=
  match f with
  | Alike a' x y d =>
    if a' == a then lesser (if same_base x (Rank i) then Some (- d)%coqZ else None)
                           (if same_base y (Rank i) then Some d else None) else None
  | Call _ x y => lesser (offset_in_all a i x) (offset_in_all a i y)
  | Inverse x => offset_in_all a i x
  | _ => None
  end
with offset_in_each (a i : nat) (fs : factors) : option Z :=
  match fs with Nil => None | Cons f fs => lesser (offset_in a i f) (offset_in_each a i fs) end
with offset_in_all (a i : nat) (e : expression) : option Z :=
  match e with
  | Empty => None
  | Term _ tele fs e => lesser (offset_in_each a (i + count_mem a tele)%N fs) (offset_in_all a i e)
  end.
Definition turning (a i : nat) (m : Z) : substitution :=
  Substitution (fun s v => v)
    (fun a' b => if (a' == a) && same_base b (Rank i) then (Rank i, (- m)%coqZ) else (b, 0%coqZ)) (fun=> 0%coqZ).
Definition variables_of (tele : seq nat) : seq (nat * nat) :=
  flatten [seq [seq (s, i) | i <- iota 0 (count_mem s tele)] | s <- undup tele].
Fixpoint turn (vs : seq (nat * nat)) (l : seq (bool * factor)) : seq (bool * factor) :=
  if vs is (a, i) :: vs then
    turn vs (if (dims <= a)%N then
               if offset_in_each a i (pack l) is Some m then
                 (if (m =? 0)%coqZ then l else map (put_in (turning a i m)) l)
               else l
             else l)
  else l.

(* -- sums over what does not occur -- *)
Fixpoint drop_constant (vs : seq (nat * nat)) (t : term) : option term :=
  if vs is (s, i) :: vs then
    let low := map (put_in (lowering s i)) (body t) in
    if ~~ changed (map (put_in (lifting s i)) low) (body t) then
      Some (Work (coefficient t) (rem s (telescope t)) ((true, SizeOf s) :: low))
    else drop_constant vs t
  else None.
Definition drop_single (l : seq (bool * factor)) : seq (bool * factor) :=
  [seq f <- l | if f.2 is SizeOf a then ~~ (modulus_of l a =? 1)%coqZ else true].
End Normal.
End Steps.
Export Steps.

Module Forms.
(* ---- Canonical names of summed variables ----
   Colours, from what a variable occurs in, are refined until they are stable; variables that keep one colour are
   tried in all orders; of what comes out the least is taken. *)
Section Naming.
Variables (parts : seq (nat * nat)) (dims : nat) (least : seq nat) (known : seq identity).
Local Notation put_in := (put_in parts).
Local Notation hash := (hash parts).
Fixpoint occurs (s i : nat) (f : factor) : bool :=
  let in_base a b := match b with Zero => false | Rank v => (a == s) && (v == i)
                     | Own p v => (part_dimension parts p == s) && (v == i) end in
  match f with
  | Alike a x y _ => in_base a x || in_base a y
  | Entry _ vs => has (fun v => (v.1 == s) && (v.2 == i)) vs
  | Call _ a b => occurs_all s i a || occurs_all s i b
  | Inverse a => occurs_all s i a
  | _ => false
  end
with occurs_each (s i : nat) (fs : factors) : bool :=
  match fs with Nil => false | Cons f fs => occurs s i f || occurs_each s i fs end
with occurs_all (s i : nat) (e : expression) : bool :=
  match e with
  | Empty => false
  | Term _ tele fs e => occurs_each s (i + count_mem s tele)%N fs || occurs_all s i e
  end.
Definition colour_in (tele : seq nat) (vs : seq variable) (cs : seq N) : colouring := fun s i =>
  let fix find vs cs := match vs, cs with
    | v :: vs, c :: cs => if (v.1 == s) && (v.2 == i) then c else find vs cs
    | _, _ => mix_nat (mix_nat 17 s) (i - count_mem s tele)
    end in find vs cs.
Definition distinct (cs : seq N) : nat :=
  (fix go cs := if cs is c :: cs then (if has (N.eqb c) cs then go cs else (go cs).+1) else 0%N) cs.
Fixpoint refine (fuel : nat) (t : term) (vs : seq variable) (cs : seq N) : seq N :=
  if fuel is fuel.+1 then
    let c := colour_in (telescope t) vs cs in
    let next := [seq (let marked := fun s i => if (s == v.1) && (i == v.2) then 5%num else c s i in
                      mix (c v.1 v.2) (foldl (fun h f => if occurs v.1 v.2 f.2 then h + mix 3 (hash marked f.2) else h)
                                             0 (body t))%num) | v <- vs] in
    if distinct next == distinct cs then next else refine fuel t vs next
  else cs.
Definition tied (cs : seq N) : option N :=
  foldl (fun best c => if (1 < count (N.eqb c) cs)%N then
    (if best is Some b then (if (c <? b)%num then Some c else best) else Some c) else best) None cs.
Definition max_orders : nat := 720.
Fixpoint orders (fuel : nat) (t : term) (vs : seq variable) (cs : seq N) : seq (seq N) :=
  if fuel is fuel.+1 then
    if tied cs is Some c then
      flatten [seq (if N.eqb (nth 0%num cs k) c
        then orders fuel t vs (refine (size vs) t vs (set_nth 0%num cs k (mix 67 c))) else [::]) | k <- iota 0 (size vs)]
    else [:: cs]
  else [:: cs].
(* Variable i of sort s gets number j; those between move by one. *)
Definition moving (s i j : nat) : substitution :=
  renaming parts (at_sort s (fun v => if v == i then j else lift j (lower i v))).
Definition move (s i j : nat) (t : term) : term :=
  if (i == j) || ~~ (i < count_mem s (telescope t))%N || ~~ (j < count_mem s (telescope t))%N then t
  else Work (coefficient t) (telescope t) (map (put_in (moving s i j)) (body t)).
(* Numbers by colour, sort by sort. *)
Fixpoint least_from (cs : seq N) (k best at_ : nat) (value : N) : nat :=
  if cs is c :: cs then (if (c <? value)%num then least_from cs k.+1 k at_ c else least_from cs k.+1 best at_ value) else best.
Fixpoint arrange_sort (fuel k : nat) (s : nat) (cs : seq N) (t : term) : term :=
  if fuel is fuel.+1 then
    if cs is c :: rest then
      let i := least_from rest 1 0 0 c in
      let cs' := take i cs ++ drop i.+1 cs in
      arrange_sort fuel k.+1 s cs' (move s (k + i) k t)
    else t
  else t.
Definition arrange (vs : seq variable) (cs : seq N) (t : term) : term :=
  foldl (fun t s => let mine := [seq p.2 | p <- zip vs cs & p.1.1 == s] in
                    arrange_sort (size mine) 0 s mine t) t (undup (telescope t)).
Fixpoint insert_factor (f : bool * factor) (l : seq (bool * factor)) : seq (bool * factor) :=
  if l is g :: l' then (if compare f.2 g.2 is Gt then g :: insert_factor f l' else f :: l) else [:: f].
Definition sort_body (l : seq (bool * factor)) := foldr insert_factor [::] l.
Fixpoint insert_sort (s : nat) (t : seq nat) : seq nat :=
  if t is s' :: t' then (if (s <= s')%N then s :: t else s' :: insert_sort s t') else [:: s].
Definition sort_term (t : term) : term :=
  Work (coefficient t) (foldr insert_sort [::] (telescope t)) (sort_body (body t)).
Variable again : term -> term. (* puts what is not flagged into normal form *)
Definition smaller (t u : term) : term := if compare_terms u t is Lt then u else t.
Definition candidates (t : term) : seq term :=
  let vs := variables_of (telescope t) in
  let cs := refine (size vs) t vs [seq mix_nat 71 v.1 | v <- vs] in
  [seq sort_term (again (arrange vs c t)) | c <- take max_orders (orders (size vs) t vs cs)].
Definition name (t : term) : term :=
  if telescope t is [::] then sort_term t else
  match candidates t with [::] => sort_term t | c :: cs => foldl smaller c cs end.
End Naming.

(* ---- The normal form ---- *)
Section Cancel.
Variables (parts : seq (nat * nat)) (dims : nat).
Variable name : term -> term.
Local Notation put_in := (put_in parts).
(* The term without one factor equal to each of fs. *)
Fixpoint remove_factor (f : factor) (l : seq (bool * factor)) : option (seq (bool * factor)) :=
  if l is g :: l then
    if same f g.2 then Some l else if remove_factor f l is Some l then Some (g :: l) else None
  else None.
Fixpoint remove_factors (fs : seq factor) (l : seq (bool * factor)) : option (seq (bool * factor)) :=
  if fs is f :: fs then (if remove_factor f l is Some l then remove_factors fs l else None) else Some l.
(* What hangs together with variable v: factors in, factors out, variables. *)
Fixpoint reach (fuel : nat) (vs all : seq variable) (l : seq (bool * factor)) : seq variable :=
  if fuel is fuel.+1 then
    let touched f := has (fun v => occurs parts v.1 v.2 f) vs in
    let more := [seq v <- all | has (fun f => touched f.2 && occurs parts v.1 v.2 f.2) l] in
    let vs' := undup (vs ++ more) in
    if size vs' == size vs then vs else reach fuel vs' all l
  else vs.
Definition drop_variables (vs : seq variable) (l : seq (bool * factor)) : seq (bool * factor) :=
  (* higher numbers first: lower ones keep their place *)
  foldl (fun l v => map (put_in (lowering parts v.1 v.2)) l) l (rev vs).
Definition minus_sorts (vs : seq variable) (tele : seq nat) : seq nat :=
  foldl (fun tele v => rem v.1 tele) tele vs.
(* f is 1 / s. If t is rest * lead * f, where s = lead + others: rest / c - rest * others * f / c. *)
Definition remainder (rest : term) (f : factor) (c : fraction) (u : term) : term :=
  Work (fraction_mul minus_one (fraction_mul (coefficient rest) (fraction_mul c (coefficient u))))
       (telescope rest ++ telescope u)
       (map (put_in (raise parts (telescope u))) ((true, f) :: body rest) ++ body u).
Definition cancelled (rest : term) (f : factor) (top : term) (others : seq term) : seq term :=
  let c := fraction_inv (coefficient top) in
  Work (fraction_mul (coefficient rest) c) (telescope rest) (body rest) :: map (remainder rest f c) others.
Definition with_lead (rest : term) (f : factor) (top : term) : term :=
  Work (coefficient rest) (telescope rest ++ telescope top)
       (map (put_in (raise parts (telescope top))) ((true, f) :: body rest) ++ body top).
Definition same_term (t u : term) : bool :=
  if compare_terms t u is Eq then (if compare_fraction (coefficient t) (coefficient u) is Eq then true else false) else false.
Fixpoint pick (ts : seq term) (top : term) : option (term * seq term) :=
  if ts is t :: ts then
    if same_term t top then Some (t, ts)
    else if pick ts top is Some (u, us) then Some (u, t :: us) else None
  else None.
(* The lead that the sizes of t belong to: with it as the lead, those of what replaces t are nearer to 0. *)
Definition more_sizes (sorts : seq nat) (a b : nat -> Z) : bool :=
  let sum := foldr (fun s k => k + Z.abs (a s) - Z.abs (b s))%coqZ 0%coqZ sorts in
  let first := foldr (fun s c => if (a s =? b s)%coqZ then c else (b s <? a s)%coqZ) false sorts in
  (0 <? sum)%coqZ || ((sum =? 0)%coqZ && first).
Definition lead_for (t : term) (ts : seq term) : option term :=
  let tops := leads parts ts in
  let sorts := sizes_in (t :: tops) in
  let leading u := all (fun v => same_term u v ||
    more_sizes sorts (power^~ t) (fun s => power s t - power s u + power s v)%coqZ) tops in
  if filter leading tops is u :: _ then Some u else None.
(* The same term, with sizes and their reciprocals. *)
Definition beside (sizes : seq (nat * Z)) : seq (bool * factor) :=
  flatten [seq [:: (true, SizeOf p.1); (true, Inverse (pack_all [:: single (SizeOf p.1)]))] | p <- sizes].
Definition extend (t : term) (sizes : seq (nat * Z)) : term := Work (coefficient t) (telescope t) (body t ++ beside sizes).
Definition try_rest (t rest : term) (f : factor) (missing : seq (nat * Z)) : option (seq term) :=
  if f is Inverse s then
    let terms := unpack_all true s in
    if lead_for t terms is Some u then
      if pick terms u is Some (top, others) then
        if ~~ (((coefficient top).1 =? 0)%coqZ) && same_term (name (with_lead rest f top)) (name (extend t missing))
        then Some (cancelled rest f top others) else None
      else None
    else None
  else None.
(* The variables of the telescope, by what hangs together. *)
Definition components (tele : seq nat) (l : seq (bool * factor)) : seq (seq variable) :=
  let all := variables_of tele in undup [seq [seq u <- all | u \in reach (size all) [:: v] all l] | v <- all].
Fixpoint choices (n : nat) (vss : seq (seq variable)) : seq (seq variable) :=
  if n is m.+1 then
    if vss is vs :: vss then [seq vs ++ us | us <- choices m vss] ++ choices n vss else [::]
  else [:: [::]].
(* Without each of sizes that is there; the others are multiplied by their reciprocals, and listed. *)
Fixpoint remove_sizes (sizes : seq (nat * Z)) (l : seq (bool * factor)) : seq (nat * Z) * seq (bool * factor) :=
  if sizes is (s, k) :: sizes then
    let (missing, l) := remove_sizes sizes l in
    if (if to_power s k is f :: _ then remove_factor f l else None) is Some l then (missing, l)
    else ((s, k) :: missing, map (pair true) (to_power s (- k)) ++ l)
  else ([::], l).
(* rest: without the factors of the lead that stand alone, and without as many sums as the lead has. *)
Definition rests (t : term) (f : factor) (others : seq (bool * factor)) : seq (term * factor * seq (nat * Z)) :=
  if f is Inverse s then
    let terms := unpack_all true s in
    if lead_for t terms is Some top then
      let (outer, inner) := split_outside parts (telescope top) (body (bare top)) in
      if remove_factors outer others is Some l then
        let (missing, l) := remove_sizes (pmap (fun f => size_power f.2) (body top)) l in
        let all := variables_of (telescope t) in
        if (size terms == 1)%N && (0 < size missing)%N then [::] else (* sizes alone: nothing would be gained *)
        [seq (let vs := [seq v <- all | v \in p.1] in
              (Work (coefficient t) (minus_sorts vs (telescope t)) (drop_variables vs p.2),
               head f [seq g.2 | g <- drop_variables vs [:: (true, f)]], missing))
        | p <- [seq (vs, [seq g <- l | ~~ has (fun v => occurs parts v.1 v.2 g.2) vs])
               | vs <- choices (size (components (telescope top) inner)) (components (telescope t) others)
               & ~~ has (fun v => occurs parts v.1 v.2 f) vs]
          & (size p.2 + size inner == size l)%N]
      else [::]
    else [::]
  else [::].
Fixpoint cancel_from (t : term) (before l : seq (bool * factor)) : option (seq term) :=
  if l is f :: l then
    let others := rev before ++ l in
    let fix first rs := if rs is r :: rs then
      (if try_rest t r.1.1 r.1.2 r.2 is Some ts then Some ts else first rs) else None in
    if first (rests t f.2 others) is Some ts then Some ts else cancel_from t (f :: before) l
  else None.
Definition cancel (t : term) : option (seq term) := cancel_from t [::] (body t).
End Cancel.

Section NormalForm.
Variables (parts : seq (nat * nat)) (dims : nat) (least : seq nat) (known : seq identity).
Definition all_flagged (t : term) : bool := all (fun f => f.1) (body t).
(* The terms of a sum, each in normal form; its own terms are less deep. *)
Fixpoint normal (fuel : nat) (t : term) : seq term :=
  if fuel is fuel.+1 then
    let N ts := collect (flatten [seq normal fuel t | t <- ts]) in
    let again ts := flatten [seq normal fuel t | t <- ts] in
    if settle parts dims least 400 false t is Some t then
      if ~~ all_flagged t then again (expand parts known N t)
      else
        let t1 := Work (coefficient t) (telescope t)
                    (drop_single (drop_needless known [::] (cut known (body t)))) in
        if use_relu parts known t1 is Some ts then again ts else
        let t2 := Work (coefficient t1) (telescope t1) (turn parts dims (variables_of (telescope t1)) (body t1)) in
        if ~~ all_flagged t2 || (size (body t2) != size (body t))%N then again [:: t2]
        else
          let expanded t := if all_flagged t then t else if expand parts known N t is [:: u] then u else t in
          match cancel parts (name parts expanded) t2 with
          | Some ts => again ts
          | None =>
            if drop_constant parts (variables_of (telescope t2)) t2 is Some t3 then again [:: t3]
            else [:: name parts expanded t2]
          end
    else [::]
  else [:: t].
Definition normal_form (ts : seq term) : seq term := collect (flatten [seq normal 60 t | t <- ts]).
Definition equal_terms (ts us : seq term) : bool :=
  if compare_all (pack_all ts) (pack_all us) is Eq then true else false.
End NormalForm.
End Forms.
Export Forms.

Module Sums.
(* ---- The other steps change no value either ---- *)
Section Nesting.
Variables (R : realFieldType) (w : world R) (dims : nat) (least : seq nat) (known : seq identity).
Hypothesis populated_w : populated w least.
Hypothesis parts_dims : forall p, (part_dimension (parts w) p < dims)%N.
Hypothesis known_w : all_known w known.
Implicit Types (e : place) (l : seq (bool * factor)) (t u : term) (ts us : seq term).
Local Notation dimension := (part_dimension (parts w)).
Local Notation suits := (suits w dims).
Local Notation value := (value w dims).
Local Notation value_all := (value_all w dims).
Local Notation defined := (defined w dims).
Local Notation body_defined := (body_defined w dims).
Local Notation product := (product w dims).
Local Notation term_value := (term_value w dims).
Local Notation refines := (refines w dims).
Local Notation body_refines := (body_refines w dims).
Local Notation sum_all := (sum_all w).
Local Notation enter := (enter w).
Local Notation put := (put (parts w)).
Local Notation put_in := (put_in (parts w)).
Local Notation raise := (raise (parts w)).
Local Notation multiply2 := (multiply2 (parts w)).
Local Notation multiply := (multiply (parts w)).
Local Notation populous := (populous populated_w).
Local Notation "[ c ]" := (fraction_value R c).
Definition terms_value e ts : R := value_all e (pack_all ts).
Definition terms_defined ts : Prop := defined_all w dims (pack_all ts).
Definition terms_refine ts us : Prop :=
  terms_defined ts -> terms_defined us /\ forall e, terms_value e us = terms_value e ts.
Lemma terms_cons e t ts : terms_value e (t :: ts) = term_value e t + terms_value e ts. Proof. by []. Qed.
Lemma terms_nil e : terms_value e [::] = 0. Proof. by []. Qed.
Lemma terms_one e t : terms_value e [:: t] = term_value e t. Proof. by rewrite terms_cons terms_nil addr0. Qed.
Lemma terms_cat e ts us : terms_value e (ts ++ us) = terms_value e ts + terms_value e us.
Proof. by elim: ts => [|t ts IH]; rewrite ?add0r //= !terms_cons IH addrA. Qed.
Lemma defined_cons t ts : terms_defined (t :: ts) <-> body_defined (body t) /\ terms_defined ts. Proof. by []. Qed.
Lemma terms_defined_cat ts us : terms_defined (ts ++ us) <-> terms_defined ts /\ terms_defined us.
Proof.
elim: ts => [|t ts IH] /=; first by split=> // [[]].
split=> [/defined_cons [? /IH [? ?]]|[/defined_cons [? ?] ?]]; first by split.
by apply/defined_cons; split=> //; apply/IH.
Qed.
Lemma term_valueE e t : term_value e t = [coefficient t] * sum_all (telescope t) (product^~ (body t)) e.
Proof. by []. Qed.
Lemma product_nil e : product e [::] = 1. Proof. by []. Qed.
Lemma single_value e f : term_value e (single f) = value e f.
Proof. by rewrite term_valueE fraction_one mul1r [LHS]product_cons product_nil mulr1. Qed.
Lemma singles_value e f : terms_value e [:: single f] = value e f.
Proof. by rewrite terms_one single_value. Qed.
Lemma singles_defined f : terms_defined [:: single f] <-> defined f.
Proof. by rewrite /terms_defined /=; split=> [[[]]|]. Qed.
Lemma constant_value e c : terms_value e (constant c) = [c].
Proof. by rewrite terms_one term_valueE [sum_all _ _ _]product_nil mulr1. Qed.
Lemma pack_unpack b fs : pack (unpack b fs) = fs. Proof. by elim: fs => //= f fs ->. Qed.
Lemma pack_unpack_all b a : pack_all (unpack_all b a) = a.
Proof. by elim: a => //= c t fs a ->; rewrite pack_unpack. Qed.
Lemma scale_value e c ts : terms_value e (scale c ts) = [c] * terms_value e ts.
Proof.
elim: ts => [|t ts IH] /=; first by rewrite mulr0.
by rewrite !terms_cons IH mulrDr term_valueE /= fraction_mulE -mulrA.
Qed.
Lemma scale_defined c ts : terms_defined (scale c ts) <-> terms_defined ts.
Proof. by elim: ts => //= t ts IH; split=> /defined_cons [? /IH ?]; apply/defined_cons. Qed.
Lemma minus_value e ts : terms_value e (scale minus_one ts) = - terms_value e ts.
Proof. by rewrite scale_value fraction_minus_one mulN1r. Qed.

(* -- places above -- *)
Lemma suits_renaming f e e' :
  (forall s v, (s < dims)%N -> index_at e' s (f s v) = index_at e s v) ->
  (forall a b, congruent w a (base_value e' a (rename (parts w) f a b)) (base_value e a b)) ->
  suits (renaming (parts w) f) e e'.
Proof. by move=> I B; split=> //= a b; rewrite Z.add_0_r. Qed.
Lemma rename_comp f g a b :
  rename (parts w) f a (rename (parts w) g a b) = rename (parts w) (fun s v => f s (g s v)) a b.
Proof. by case: b. Qed.
Lemma rename_eq f g a b : (forall s v, f s v = g s v) -> rename (parts w) f a b = rename (parts w) g a b.
Proof. by move=> E; case: b => //= *; rewrite E. Qed.
Lemma rename_id a b : rename (parts w) (fun _ v => v) a b = b. Proof. by case: b. Qed.
Lemma raise_nil e : suits (raise [::]) e e.
Proof.
apply: suits_renaming => [s v _|a b]; first by rewrite /= addn0.
rewrite (@rename_eq _ (fun _ v => v)) ?rename_id => [|s v]; last by rewrite addn0.
exact: congruent_refl.
Qed.
Lemma raise_enter s tele x e e' : suits (raise tele) (enter s x e) e' -> suits (raise (s :: tele)) e e'.
Proof.
case=> index base _; apply: suits_renaming => [s' v lt|a b] /=.
  case: (eqVneq s s') => [E|ne].
    by have := index s' v.+1 lt; rewrite /= -E eqxx addSnnS.
  by have := index s' v lt; rewrite /= eq_sym (negbTE ne).
have := base a (rename (parts w) (weaken s) a b); rewrite /= weaken_value rename_comp Z.add_0_r.
rewrite (@rename_eq _ (fun s' v => v + ((s == s') + count_mem s' tele))%N) // => s' v.
by rewrite /weaken eq_sym; case: eqP => _; rewrite ?add0n // add1n addnS.
Qed.
Lemma sum_all_above tele F G e :
  (forall e', suits (raise tele) e e' -> F e' = G e') -> sum_all tele F e = sum_all tele G e.
Proof.
elim: tele e => [|s tele IH] e FG /=; first by apply: FG; exact: raise_nil.
by apply: eq_bigr => x _; apply: IH => e' su; apply: FG; exact: raise_enter su.
Qed.
Lemma sum_all_put tele p l e e' : suits p e e' ->
  sum_all tele (product^~ (map (put_in (under_binders (parts w) tele p)) l)) e' = sum_all tele (product^~ l) e.
Proof.
elim: tele p e e' => [|s tele IH] p e e' su /=; first exact: (product_put populated_w).
by apply: eq_bigr => x _; apply: IH; exact: suits_under.
Qed.
Lemma defined_put_under tele p l : plain p -> body_defined l ->
  body_defined (map (put_in (under_binders (parts w) tele p)) l).
Proof.
move=> pl; apply: (defined_put populated_w).
by elim: tele p pl => //= s tele IH p pl; apply: IH; exact: plain_under.
Qed.
Lemma sum_all_product_cat outer inner l m e :
  sum_all (outer ++ inner) (product^~ (map (put_in (raise inner)) l ++ m)) e =
  sum_all outer (fun e => product e l * sum_all inner (product^~ m) e) e.
Proof.
rewrite sum_all_cat; apply: sum_all_eq => {}e; rewrite -sum_all_mul.
by apply: sum_all_above => e' su; rewrite product_cat (product_put populated_w _ su).
Qed.
Lemma multiply2_value e t u : term_value e (multiply2 t u) = term_value e t * term_value e u.
Proof.
rewrite !term_valueE [coefficient (multiply2 _ _)]/= fraction_mulE (mulrACA [coefficient t] _ [coefficient u]).
congr (_ * _); transitivity (sum_all (telescope t ++ telescope u) (product^~ (map (put_in (raise (telescope u))) (body t) ++
  raise_body (parts w) (telescope t) (telescope u) (body u))) e); first by [].
rewrite sum_all_product_cat [RHS]mulrC -sum_all_mul; apply: sum_all_above => e' su.
by rewrite mulrC; congr (_ * _); exact: sum_all_put.
Qed.
Lemma multiply2_defined t u : body_defined (body t) -> body_defined (body u) -> body_defined (body (multiply2 t u)).
Proof.
move=> dt du; apply/defined_cat; split; first exact: (defined_put populated_w).
exact: defined_put_under.
Qed.
Lemma multiply_value e ts us : terms_value e (multiply ts us) = terms_value e ts * terms_value e us.
Proof.
elim: ts => [|t ts IH] /=; first by rewrite mul0r.
rewrite terms_cat IH terms_cons mulrDl; congr (_ + _); elim: us {IH} => [|u us IH] /=; first by rewrite mulr0.
by rewrite !terms_cons IH multiply2_value mulrDr.
Qed.
Lemma multiply_defined ts us : terms_defined ts -> terms_defined us -> terms_defined (multiply ts us).
Proof.
elim: ts => // t ts IH /defined_cons [dt dts] du; apply/terms_defined_cat; split; last exact: IH.
elim: us du {IH} => //= u us IH /defined_cons [du dus]; apply/defined_cons; split; last exact: IH.
exact: multiply2_defined.
Qed.

(* -- like terms -- *)
Lemma compare_termsE t u : compare_terms t u = Eq ->
  telescope t = telescope u /\ pack (body t) = pack (body u).
Proof.
rewrite /compare_terms; case E: (compare_seq _ _ _) => //.
by move/(proj1 (proj2 compareE)) ->; rewrite (compare_seqE compare_natE E).
Qed.
Lemma term_value_like e t u : compare_terms t u = Eq ->
  term_value e t = [coefficient t] * sum_all (telescope u) (product^~ (body u)) e.
Proof. by case/compare_termsE => Et Eb; rewrite term_valueE Et /product Eb. Qed.
Lemma add_term_value e t ts : terms_value e (add_term t ts) = term_value e t + terms_value e ts.
Proof.
elim: ts => //= u us IH; case E: (compare_terms t u) => //; last by rewrite !terms_cons IH addrCA.
have V := term_value_like e E; case: Z.eqb_spec => Ec; rewrite !terms_cons addrA.
  have := fraction0 R Ec; rewrite fraction_addE V [term_value e u]term_valueE -mulrDl => ->.
  by rewrite mul0r add0r.
by congr (_ + _); rewrite V [term_value e u]term_valueE -mulrDl -fraction_addE.
Qed.
Lemma add_term_defined t ts : body_defined (body t) -> terms_defined ts -> terms_defined (add_term t ts).
Proof.
move=> dt; elim: ts => [|u us IH] /=; first by move=> _; apply/defined_cons.
case/defined_cons=> du dus; case: (compare_terms t u); last 1 first.
- by apply/defined_cons; split=> //; exact: IH.
- by case: ifP => // _; apply/defined_cons.
- by apply/defined_cons; split=> //; apply/defined_cons.
Qed.
Lemma collect_refines ts : terms_refine ts (collect ts).
Proof.
elim: ts => //= t ts IH /defined_cons [dt /IH [d V]]; case: Z.eqb_spec => Ec; split=> //.
- by move=> e; rewrite terms_cons V term_valueE (fraction0 R Ec) mul0r add0r.
- exact: add_term_defined.
- by move=> e; rewrite add_term_value terms_cons V.
Qed.
Lemma refine_flatten (F : term -> seq term) ts :
  (forall t, terms_refine [:: t] (F t)) -> terms_refine ts (flatten (map F ts)).
Proof.
move=> FS; elim: ts => //= t ts IH /defined_cons [dt /IH [d V]].
have [dF VF] : terms_defined (F t) /\ forall e, terms_value e (F t) = terms_value e [:: t].
  by apply: FS; apply/defined_cons.
by split=> [|e]; [apply/terms_defined_cat | rewrite terms_cat V VF terms_one terms_cons].
Qed.
End Nesting.
End Sums.
Export Sums.

Module Naming.
(* ---- The rest of the steps change no value ---- *)
Section Rest.
Variables (R : realFieldType) (w : world R) (dims : nat) (least : seq nat) (known : seq identity).
Hypothesis populated_w : populated w least.
Hypothesis parts_dims : forall p, (part_dimension (parts w) p < dims)%N.
Hypothesis known_w : all_known w known.
Implicit Types (e : place) (l : seq (bool * factor)) (t : term).
Local Notation dimension := (part_dimension (parts w)).
Local Notation suits := (suits w dims).
Local Notation value := (value w dims).
Local Notation body_defined := (body_defined w dims).
Local Notation product := (product w dims).
Local Notation term_value := (term_value w dims).
Local Notation refines := (refines w dims).
Local Notation body_refines := (body_refines w dims).
Local Notation sum_all := (sum_all w).
Local Notation insert := (insert w).
Local Notation put_in := (put_in (parts w)).
Local Notation populous := (populous populated_w).

(* -- steps -- *)
Lemma is_step_value s e a b : is_step known s -> value e (Call s a b) = step (value_all w dims e a).
Proof.
move=> st /=; elim: known known_w st => //= i ids IH [m ms] /orP [|/(IH ms) //].
by case: i m => // s' m /eqP <-; exact: m.
Qed.
Lemma step_square (x : R) : step x * step x = step x.
Proof. by rewrite /step; case: ifP => _; rewrite ?mulr1 ?mulr0. Qed.
Lemma same_factorE f g : same f g -> f = g.
Proof. by rewrite /same; case E: (compare f g) => // _; exact: (proj1 compareE). Qed.
Lemma has_same_value e f l : has (fun g => same f g.2) l -> exists r, product e l = value e f * r.
Proof.
elim: l => //= g l IH /orP [/same_factorE ->|/IH [r E]]; first by exists (product e l).
by exists (value e g.2 * r); rewrite product_cons E mulrCA.
Qed.
Lemma cut_sound l : body_refines l (cut known l).
Proof.
elim: l => [|[b f] l IH] //= [df /IH [dl E]]; case: ifP => [/andP [st eq]|_]; last first.
  by split=> // e; rewrite !product_cons E.
split=> // e; rewrite product_cons -E; have [r Er] := has_same_value e eq; rewrite Er /=.
by case: f st {df eq Er} => // s a b' st; rewrite (is_step_value _ _ _ st) mulrA step_square.
Qed.
Lemma positive_value e f : positive_factor f -> 0 < value e f.
Proof.
have size_gt0 s : 0 < (sizes w s)%:R :> R by rewrite ltr0n; exact: populous.
case: f => // [s _|a]; first exact: size_gt0.
case: a => // -[[|p|p] q] [] // [] // [] // s [] // [] // _.
rewrite -[value e _]/((fraction_value R (Zpos p, q) * ((sizes w s)%:R * 1) + 0)^-1).
rewrite mulr1 addr0 invr_gt0 mulr_gt0 ?size_gt0 //.
by rewrite divr_gt0 // lt0r positive_neq0 ler0n.
Qed.
Lemma pairs_value e fs l : pairs_in fs l -> product e l != 0 -> 0 < value_each w dims e fs.
Proof.
move=> pr nz; pose P fs := pairs_in fs l -> 0 < value_each w dims e fs.
suff [H _] : P fs /\ forall f, P (Cons f fs) by exact: H.
have pos f fs' : P fs' -> positive_factor f -> pairs_in fs' l -> 0 < value e f * value_each w dims e fs'.
  by move=> Pfs pf /Pfs; apply: mulr_gt0; exact: positive_value.
elim: fs {pr} => [|g fs [IH IHc]].
  have P0 : P Nil by move=> _; exact: ltr01.
  by split=> // f; rewrite /P [pairs_in _ _]/=; case: ifP => // pf _; exact: (pos f Nil P0).
split=> [|f]; first exact: IHc.
rewrite {1}/P -[value_each _ _ _ _]/(value e f * (value e g * value_each w dims e fs)) [pairs_in _ _]/=.
case: ifP => [pf pr|_]; first exact: (pos f (Cons g fs) (IHc g) pf pr).
case/andP=> /andP [/same_factorE <- hf] pr; rewrite mulrA mulr_gt0 ?IH //.
have [r E] := has_same_value e hf; move: nz; rewrite E mulf_eq0 negb_or => /andP [nf _].
by rewrite lt0r mulf_neq0 //= -expr2 sqr_ge0.
Qed.
Lemma needless_value e f l : needless known l f -> value e f * product e l = product e l.
Proof.
have [->|nz] := eqVneq (product e l) 0; first by rewrite mulr0.
case: f => // s a b; case: a => // -[[|p|p] q] [] // fs [] // /andP [st pr].
rewrite (is_step_value _ _ _ st) /step.
rewrite -[value_all _ _ _ _]/(fraction_value R (Zpos p, q) * value_each w dims e fs + 0).
rewrite addr0 mulr_gt0 ?mul1r //; last exact: pairs_value nz.
by rewrite divr_gt0 // lt0r positive_neq0 ler0n.
Qed.
Lemma drop_needless_sound before l : body_refines (before ++ l) (drop_needless known before l).
Proof.
elim: l before => [|f l IH] before /=; first by rewrite cats0.
case: ifP => [nl|_]; last by have := IH (before ++ [:: f]); rewrite -catA.
apply: body_refines_trans (IH before); case/defined_cat=> db [_ dl]; split; first exact/defined_cat.
by move=> e; rewrite -{1}(needless_value e nl) !product_cat product_cons mulrCA.
Qed.

(* -- bound variables -- *)
Definition bound_in (tele : seq nat) (vs : seq variable) := all (fun v => v.2 < count_mem v.1 tele)%N vs.
Lemma variables_of_bound tele : bound_in tele (variables_of tele).
Proof.
by apply/allP => v /flatten_mapP [s _] /mapP [i]; rewrite mem_iota add0n => lt ->.
Qed.
Lemma sum_turn n (F : nat -> R) (m : Z) :
  \sum_(x < n) F (Z.to_nat ((Z.of_nat x - m) mod Z.of_nat n)) = \sum_(x < n) F x.
Proof.
case: n => [|n]; first by rewrite !big_ord0.
have b x : (0 <= (x - m) mod Z.of_nat n.+1 < Z.of_nat n.+1)%coqZ by apply: Z.mod_pos_bound; lia.
have lt x : (Z.to_nat ((x - m) mod Z.of_nat n.+1) < n.+1)%N by apply/ltP; have := b x; lia.
rewrite [RHS](reindex_inj (h := fun x : 'I_n.+1 => Ordinal (lt (Z.of_nat x)))) // => x y /(congr1 val) /= E.
have {}E : ((Z.of_nat x - m) mod Z.of_nat n.+1 = (Z.of_nat y - m) mod Z.of_nat n.+1)%coqZ.
  by rewrite -[LHS]Z2Nat.id ?E ?Z2Nat.id //; [case: (b (Z.of_nat y)) | case: (b (Z.of_nat x))].
have H (z : 'I_n.+1) : Z.of_nat z = (((Z.of_nat z - m) mod Z.of_nat n.+1 + m) mod Z.of_nat n.+1)%coqZ.
  rewrite Zplus_mod_idemp_l Z.sub_add Z.mod_small //; have /ltP := ltn_ord z; lia.
by apply: val_inj; apply: Nat2Z.inj; rewrite (H x) (H y) E.
Qed.
Lemma turning_suits a i m x y e : (dims <= a)%N -> congruent w a (Z.of_nat y - m) (Z.of_nat x) ->
  suits (turning a i m) (insert a i x e) (insert a i y e).
Proof.
move=> big co; split=> // [s v lt|a' [|v|q v]] /=.
- by case: eqP => // E; move: lt; rewrite E ltnNge big.
- by rewrite andbF; exact: congruent_refl.
- rewrite same_base_rank; case: (eqVneq a' a) => [->|ne] /=; last first.
    by rewrite (negbTE ne) Z.add_0_r; exact: congruent_refl.
  case: (eqVneq v i) => [->|/negbTE ne] /=; first by rewrite eqxx ltnn eqxx.
  by rewrite eqxx ne Z.add_0_r; exact: congruent_refl.
- have -> : same_base (Own q v) (Rank i) = false by [].
  have ne : (dimension q == a) = false by apply/negbTE; rewrite neq_ltn (leq_trans (parts_dims q) big).
  by rewrite andbF /= ne Z.add_0_r; exact: congruent_refl.
Qed.
Lemma turning_plain a i m : plain (turning a i m).
Proof. by split=> //= a'; rewrite andbF. Qed.
Lemma turn_sound vs c tele l : bound_in tele vs ->
  refines (Work c tele l) (Work c tele (turn (parts w) dims vs l)).
Proof.
elim: vs l => [|[a i] vs IH] l //= /andP [lt bv]; apply: refines_trans (IH _ bv).
case: ifP => // big; case: (offset_in_each _ _ _) => // m; case: ifP => // _ dl.
split; first exact: (defined_put populated_w (turning_plain a i m)).
move=> e; rewrite /term_value /=; congr (_ * _).
rewrite !(sum_extract _ (product_ext populated_w _) lt); apply: sum_all_eq => {}e.
rewrite -(sum_turn _ (fun x => product (insert a i x e) l) m); apply: eq_bigr => x _.
apply: (product_put populated_w); apply: turning_suits => //.
have n0 : Z.of_nat (sizes w a) <> 0%coqZ by have /ltP := populous a; lia.
have n1 : (0 < Z.of_nat (sizes w a))%coqZ by lia.
have [lo hi] := Z.mod_pos_bound (Z.of_nat x - m) _ n1; rewrite /congruent Z2Nat.id //.
exists ((Z.of_nat x - m) / Z.of_nat (sizes w a))%coqZ.
by have := Z.div_mod (Z.of_nat x - m) _ n0; lia.
Qed.
Lemma drop_constant_sound vs t t' : bound_in (telescope t) vs ->
  drop_constant (parts w) vs t = Some t' -> refines t t'.
Proof.
elim: vs => //= -[s i] vs IH /andP [/= lt bv]; case: ifP => [|_]; last exact: IH.
set low := map _ (body t); rewrite /changed; case E: (compare_each _ _) => // _ [<-] dt.
have {}E := proj1 (proj2 compareE) _ _ E.
split; first by split=> //; exact: (defined_put populated_w (renaming_plain _ _)).
move=> e; rewrite /term_value /=; congr (_ * _).
rewrite (sum_extract _ (product_ext populated_w _) lt); apply: sum_all_eq => {}e.
rewrite product_cons /= (eq_bigr (fun=> product e low)) => [|x _].
  by rewrite sumr_const card_ord mulr_natl.
by rewrite /product -E; exact: (product_put populated_w _ (lift_suits w dims s i x e)).
Qed.
Lemma modulus1_value e (p : pred (bool * factor)) l a : (forall b a' d, p (b, Divides a' d)) ->
  modulus_of l a = 1%coqZ -> ~~ divides w a 1 -> product e (filter p l) = 0.
Proof.
move=> pd E nd; elim: l E => // -[b f] l IH; case: f => [a' x y d|a' d|s|v i|s g h|g] /= E;
  try by case: ifP => _; rewrite ?product_cons ?IH ?mulr0.
rewrite pd product_cons; case: (eqVneq a a') E => [<- ->|_ E]; last by rewrite IH ?mulr0.
by rewrite divides_value (negbTE nd) mul0r.
Qed.
Lemma drop_single_sound l : body_refines l (drop_single l).
Proof.
move=> d; rewrite /drop_single; set p := fun f => _; split=> [|e].
  suff H m : body_defined m -> body_defined (filter p m) by exact: H.
  by elim: m => //= f m IH [df /IH dm]; case: ifP.
pose bad a := (modulus_of l a =? 1)%coqZ && ~~ divides w a 1.
pose is_bad (f : bool * factor) := if f.2 is SizeOf a then bad a else false.
have [[a /andP [/Z.eqb_eq Ea nd]]|nb] : (exists a, bad a) \/ ~~ has is_bad l.
- elim: (l) => [|[b f] m [?|IH]]; [by right | by left |].
  rewrite /= negb_or IH andbT /is_bad; case: f => [a x y z|a z|a|v i|a g h|g] /=; try by right.
  by case E: (bad a); [left; exists a | right].
- rewrite (modulus1_value _ _ Ea) //.
  by have := modulus1_value e (p := predT) (fun _ _ _ => erefl) Ea nd; rewrite filter_predT.
suff H m : ~~ has is_bad m -> product e (filter p m) = product e m by exact: H.
elim: m => //= -[b f] m IH; rewrite negb_or => /andP [nf /IH {}IH].
case: ifP => [_|]; first by rewrite !product_cons IH.
case: f nf => //= a; rewrite /is_bad /bad /p negb_and negbK => /orP [/negP na /negbFE //|dv _].
rewrite product_cons IH -[value e _]/((sizes w a)%:R).
by rewrite (divides1 populous dv) mul1r.
Qed.

(* -- names -- *)
Lemma moving_at (T : Type) (old : nat -> T) x i j v :
  let f v := if v == i then j else lift j (lower i v) in
  (if (f v < j)%N then old (f v) else if f v == j then x else old (f v).-1) =
  (if (v < i)%N then old v else if v == i then x else old v.-1).
Proof.
move=> f; rewrite /f; case: (eqVneq v i) => [->|ne]; first by rewrite !ltnn eqxx.
have -> : (if (v < i)%N then old v else old v.-1) = old (lower i v) by rewrite /lower; case: ifP.
rewrite /lift; case: (ltnP (lower i v) j) => [-> //|/beyond [-> ->] //].
Qed.
Lemma moving_suits s i j x e : suits (moving (parts w) s i j) (insert s i x e) (insert s j x e).
Proof.
apply: rename_value => [s' v|a [|v|q v]] //=; rewrite /at_sort; case: eqP => // E.
- by subst s'; exact: moving_at.
- exact: (moving_at (fun v => coordinate_at e a (Rank v))).
- exact: (moving_at (fun v => coordinate_at e a (Own q v))).
Qed.
Lemma move_sound s i j t : refines t (move (parts w) s i j t).
Proof.
rewrite /move; case: ifP => // /negbT; rewrite !negb_or !negbK => /andP [/andP [_ lti] ltj] dt.
split; first exact: (defined_put populated_w (renaming_plain _ _)).
move=> e; rewrite /term_value /=; congr (_ * _); set l := map _ _.
rewrite (sum_extract _ (product_ext populated_w (body t)) lti).
rewrite (sum_extract _ (product_ext populated_w l) ltj); apply: sum_all_eq => {}e.
by apply: eq_bigr => x _; apply: (product_put populated_w); exact: moving_suits.
Qed.
Lemma arrange_sort_sound fuel k s cs t : refines t (arrange_sort (parts w) fuel k s cs t).
Proof.
elim: fuel k cs t => [|fuel IH] k [|c cs] t //=.
exact: refines_trans (@move_sound _ _ _ _) (@IH _ _ _).
Qed.
Lemma arrange_sound vs cs t : refines t (arrange (parts w) vs cs t).
Proof.
rewrite /arrange; move: (undup (telescope t)) => ss; elim: ss t => [|s ss IH] t //=.
exact: refines_trans (@arrange_sort_sound _ _ _ _ _) (@IH _).
Qed.
Lemma insert_factor_sound f l : body_refines (f :: l) (insert_factor f l).
Proof.
elim: l => [|g l IH] //= [df [dg dl]]; case: (compare _ _) => //.
have [//|d E] := IH; split=> // e; by rewrite !product_cons E product_cons mulrCA.
Qed.
Lemma sort_body_sound l : body_refines l (sort_body l).
Proof.
elim: l => [|f l IH] //; apply: body_refines_trans (@insert_factor_sound f _).
by case=> df /IH [dl E]; split=> // e; rewrite !product_cons E.
Qed.
Lemma insert_sort_perm s tele : perm_eq (insert_sort s tele) (s :: tele).
Proof.
elim: tele => //= s' tele IH; case: ifP => // _.
by rewrite (perm_trans (y := s' :: s :: tele)) ?perm_cons // (perm_catCA [:: s'] [:: s]).
Qed.
Lemma sort_term_sound t : refines t (sort_term t).
Proof.
apply: refines_trans (body_refines_term (@sort_body_sound (body t))) _ => d; split=> // e.
rewrite /term_value /=; congr (_ * _); apply: sum_perm; first exact: product_ext populated_w _.
elim: (telescope t) => //= s tele IH; rewrite perm_sym in IH.
by rewrite (perm_trans (insert_sort_perm _ _)) // perm_cons perm_sym.
Qed.
Lemma name_sound again t : (forall t, refines t (again t)) -> refines t (name (parts w) again t).
Proof.
move=> ag; rewrite /name; case: (telescope t) => [|_ _]; first exact: sort_term_sound.
have ok u : List.In u (candidates (parts w) again t) -> refines t u.
  rewrite /candidates; elim: (take _ _) => //= c cs IH [<-|/IH //].
  exact: refines_trans (refines_trans (@arrange_sound _ _ _) (ag _)) (@sort_term_sound _).
case: (candidates _ _ _) ok => [|c cs] ok; first exact: sort_term_sound.
have: refines t c by apply: ok; left.
have {ok}: forall u, List.In u cs -> refines t u by move=> u iu; apply: ok; right.
elim: cs c => //= u us IH c ok rc; apply: IH => [v iv|]; first by apply: ok; right.
by rewrite /smaller; case: (compare_terms _ _) => //; apply: ok; left.
Qed.
End Rest.
End Naming.
Export Naming.

Module Programs.
(* ---- From programs to expressions ---- *)
Record theory := Theory
  { theory_parts : seq (nat * nat); least : seq nat; dimensions : nat; program : seq statement;
    divisors : seq formula; known : seq identity; claims : seq claim }.

Definition same_variable (v u : variable) : bool := (v.1 == u.1) && (v.2 == u.2).
Definition same_condition (c d : condition) : bool := (c.1 == d.1) && same_variable c.2 d.2.
Definition same_position (p q : position) : bool :=
  match p, q with
  | Owner r v, Owner r' v' => (r == r') && same_variable v v'
  | Constant c, Constant c' => c == c'
  | Further k, Further k' => (k =? k')%coqZ
  | _, _ => false
  end.
Fixpoint same_seq (T : Type) (eq : T -> T -> bool) (s t : seq T) : bool :=
  match s, t with [::], [::] => true | x :: s, y :: t => eq x y && same_seq eq s t | _, _ => false end.
Fixpoint same_formula (f g : formula) : bool :=
  match f, g with
  | Value s v, Value s' v' => (s == s') && same_seq same_variable v v'
  | Input t cs v, Input t' cs' v' => (t == t') && same_seq same_condition cs cs' && same_seq same_variable v v'
  | Number n d, Number n' d' => (n =? n')%coqZ && (d =? d')%positive
  | Size s, Size s' => s == s'
  | Add a b, Add a' b' | Subtract a b, Subtract a' b' | Multiply a b, Multiply a' b' | Divide a b, Divide a' b' =>
    same_formula a a' && same_formula b b'
  | Opposite a, Opposite a' => same_formula a a'
  | Apply s a b, Apply s' a' b' => (s == s') && same_formula a a' && same_formula b b'
  | Sum s ps a, Sum s' ps' a' => (s == s') && same_seq eqn ps ps' && same_formula a a'
  | At a p f, At a' p' f' => (a == a') && same_position p p' && same_formula f f'
  | Only a c f, Only a' c' f' => (a == a') && (c == c') && same_formula f f'
  | _, _ => false
  end.

Section Translate.
Variable t : theory.
Local Notation parts := (theory_parts t).
Local Notation dims := (dimensions t).
Definition part_axis (p : nat) : nat := (nth (0, 0)%N parts p).2.
Definition known_condition (path : seq condition) (c : condition) : bool := has (same_condition c) path.
(* What stays known where a variable of sort s is bound. *)
Definition enter_path (s : nat) (path : seq condition) : seq condition :=
  [seq (c.1, (c.2.1, weaken s c.2.1 c.2.2)) | c <- path & part_axis c.1 != s].
(* The index that stands for the index u of a statement. *)
Fixpoint argument (indices v : seq variable) (s i : nat) : nat :=
  match indices, v with
  | u :: us, x :: xs => if (u.1 == s) && (u.2 == i) then x.2 else argument us xs s i
  | _, _ => i
  end.
Definition sorts_agree (indices v : seq variable) : bool :=
  same_seq (fun u x => [&& u.1 == x.1, (u.1 < dims)%N & argument indices v u.1 u.2 == x.2]) indices v.
Definition put_terms (p : substitution) (ts : seq term) : seq term :=
  [seq Work (coefficient u) (telescope u) (map (put_in parts (under_binders parts (telescope u) p)) (body u)) | u <- ts].
Definition at_rank (a : nat) (p : position) : substitution :=
  let there := match p with
    | Owner q v => (Own q v.2, 0%coqZ) | Constant c => (Zero, Z.of_nat c) | Further k => (Rank 0, k) end in
  Substitution (fun s v => if s == a then v.-1 else v)
    (fun a' b => match b with
      | Rank v => if a' == a then (if v is u.+1 then (Rank u, 0%coqZ) else there) else (b, 0%coqZ)
      | _ => (b, 0%coqZ) end)
    (fun=> 0%coqZ).
(* Everything but the coordinates of the rank that computes is forgotten. *)
Definition closing : substitution :=
  Substitution (fun _ _ => 0%N)
    (fun a b => if same_base b (Rank 0) && (dims <= a)%N then (b, 0%coqZ) else (Zero, 0%coqZ)) (fun=> 0%coqZ).
Definition is_closed (ts : seq term) : bool :=
  if compare_all (put_all parts closing (pack_all ts)) (pack_all ts) is Eq then true else false.
(* A fraction times sizes, which are positive. *)
Definition plainly_nonzero (ts : seq term) : bool :=
  if ts is [:: u] then
    if telescope u is [::] then ~~ ((coefficient u).1 =? 0)%coqZ && all (fun f => positive_factor f.2) (body u)
    else false
  else false.
Definition normal_terms := normal_form parts dims (least t) (known t).
(* Every operation's value is in normal form, as in the prover: what is divided by itself is met before a sum over
   ranks takes it apart. *)
Fixpoint translate (values : seq (option (seq term))) (path : seq condition) (f : formula) : option (seq term) :=
  let both g h k := if translate values path g is Some a then
                      if translate values path h is Some b then Some (k a b) else None
                    else None in
  match f with
  | Value s v =>
    let st := nth (Statement [::] [::] (Number 0 1)) (program t) s in
    if nth None values s is Some ts then
      if sorts_agree (indices st) v &&
         all (fun c => (c.1 < size parts)%N &&
                       known_condition path (c.1, (c.2.1, argument (indices st) v c.2.1 c.2.2))) (owned st)
      then Some (put_terms (renaming parts (argument (indices st) v)) ts) else None
    else None
  | Input x cs v =>
    if all (known_condition path) cs && all (fun u => u.1 < dims)%N v then Some [:: single (Entry x v)] else None
  | Number n d => Some (constant (n, d))
  | Size s => Some [:: single (SizeOf s)]
  | Add g h => both g h (fun a b => a ++ b)
  | Subtract g h => both g h (fun a b => a ++ scale minus_one b)
  | Multiply g h => both g h (fun a b => normal_terms (multiply parts a b))
  | Divide g h =>
    if translate values [::] h is Some b then
      if plainly_nonzero (normal_terms b) || (has (same_formula h) (divisors t) && is_closed b) then
        if translate values path g is Some a
        then Some (normal_terms (multiply parts a [:: Work one [::] [:: (false, Inverse (pack_all b))]])) else None
      else None
    else None
  | Opposite g => if translate values path g is Some a then Some (scale minus_one a) else None
  | Apply s g h => both g h (fun a b => normal_terms [:: Work one [::] [:: (false, Call s (pack_all a) (pack_all b))]])
  | Sum s ps g =>
    if all (fun p => part_dimension parts p == s) ps then
      if translate values ([seq (p, (s, 0%N)) | p <- ps] ++ enter_path s path) g is Some a then
        Some (normal_terms (sum_over s (multiply parts
          [:: Work one [::] [seq (true, Alike (part_axis p) (Own p 0) (Rank 0) 0) | p <- ps]] a)))
      else None
    else None
  | At a p g =>
    let path' := enter_path a path in
    let now := if p is Owner q v then if (part_axis q == a) && (v.1 == part_dimension parts q) then [:: (q, v)] else [::] else [::] in
    if (dims <= a)%N && (if p is Owner q v then v.1 == part_dimension parts q else true) then
      if translate values (now ++ path') g is Some ts then Some (normal_terms (put_terms (at_rank a p) ts)) else None
    else None
  | Only a c g =>
    if translate values path g is Some ts
    then Some (normal_terms (multiply parts [:: single (Alike a (Rank 0) Zero (Z.of_nat c))] ts)) else None
  end.
Fixpoint translate_all (values : seq (option (seq term))) (rest : seq statement) : seq (option (seq term)) :=
  if rest is st :: rest then
    translate_all (rcons values (if translate values (owned st) (computes st) is Some ts
                                 then Some (normal_terms ts) else None)) rest
  else values.
Definition holds_by_algebra (values : seq (option (seq term))) (c : claim) : bool :=
  if translate values (under c) (left_side c) is Some a then
    if translate values (under c) (right_side c) is Some b
    then equal_terms (normal_terms a) (normal_terms b) else false
  else false.
Definition accepted : bool :=
  [&& (0 < dims)%N, all (fun p => (p.1 < dims) && (dims <= p.2))%N parts &
      let values := translate_all [::] (program t) in all (holds_by_algebra values) (claims t)].
End Translate.
End Programs.
Export Programs.

Module Functions.
Import Order.TTheory.
Section Nested.
Variables (R : realFieldType) (w : world R) (dims : nat) (least : seq nat) (known : seq identity).
Hypothesis populated_w : populated w least.
Hypothesis parts_dims : forall p, (part_dimension (parts w) p < dims)%N.
Hypothesis known_w : all_known w known.
Implicit Types (e : place) (l : seq (bool * factor)) (t u : term) (ts us a b : seq term).
Local Notation value := (value w dims).
Local Notation value_all := (value_all w dims).
Local Notation defined := (defined w dims).
Local Notation body_defined := (body_defined w dims).
Local Notation product := (product w dims).
Local Notation term_value := (term_value w dims).
Local Notation refines := (refines w dims).
Local Notation sum_all := (sum_all w).
Local Notation suits := (suits w dims).
Local Notation put := (put (parts w)).
Local Notation put_in := (put_in (parts w)).
Local Notation raise := (raise (parts w)).
Local Notation multiply := (multiply (parts w)).
Local Notation populous := (populous populated_w).
Local Notation terms_value := (terms_value w dims).
Local Notation terms_defined := (terms_defined w dims).
Local Notation terms_refine := (terms_refine w dims).
Local Notation "[ c ]" := (fraction_value R c).
Local Notation outside := (outside (parts w)).
Local Notation call s := (functions w s).
Lemma sameE f g : same f g -> f = g.
Proof. by rewrite /same; case E: (compare f g) => // _; exact: (proj1 compareE). Qed.
Lemma outside_value tele f g e e' : outside tele f = Some g -> suits (raise tele) e e' -> value e' f = value e g.
Proof.
rewrite /Steps.outside; case: ifP => // /sameE E [<-] su.
by rewrite -[in LHS]E (proj1 (@put_value R w dims populous) _ _ _ _ su).
Qed.
Lemma outside_defined tele f g : outside tele f = Some g -> defined f -> defined g.
Proof. by rewrite /Steps.outside; case: ifP => // _ [<-]; exact: (proj1 (put_defined _ populous)). Qed.
Lemma put_raise_value tele c e e' : suits (raise tele) e e' -> value e' (put (raise tele) c) = value e c.
Proof. exact: (proj1 (@put_value R w dims populous)). Qed.

(* -- cases -- *)
Lemma decide_value c (h : bool) ts e : value e c = h%:R ->
  terms_value e (decide (parts w) c h ts) = terms_value e ts.
Proof.
move=> Ec; elim: ts => // t ts IH; rewrite /decide /= terms_cat -/(decide _ c h ts) IH terms_cons.
congr (_ + _); rewrite /decide_term {IH ts}; set is_c := fun f => _; case: ifP => has_c; last by rewrite terms_one.
have Vc e' f : suits (raise (telescope t)) e e' -> is_c f -> value e' f.2 = h%:R.
  by move=> su /sameE ->; rewrite (put_raise_value _ su).
case: h Ec Vc => Ec Vc.
  rewrite terms_one !term_valueE /=; congr (_ * _); apply: (@sum_all_above R w dims) => e' su.
  elim: (body t) => //= f l IHl; case: ifP => /=; rewrite ?product_cons -?IHl // => /negbFE /(Vc _ _ su) ->.
  by rewrite mul1r.
rewrite terms_nil term_valueE (_ : sum_all _ _ _ = 0) ?mulr0 //.
rewrite -[RHS](@sum_all0 R w (telescope t) (fun=> 0) e) //; apply: (@sum_all_above R w dims) => e' su.
elim: (body t) has_c => //= f l IHl; rewrite product_cons; case/orP=> [/(Vc _ _ su) ->|/IHl ->].
  by rewrite mul0r.
by rewrite mulr0.
Qed.
Lemma decide_defined c h ts : terms_defined ts -> terms_defined (decide (parts w) c h ts).
Proof.
elim: ts => // t ts IH /defined_cons [dt /IH ds]; apply/terms_defined_cat; split=> //.
rewrite /decide_term {IH ds}; set is_c := fun f => _; case: ifP => _; last by apply/defined_cons.
case: h => //; apply/defined_cons; split=> //=.
by elim: (body t) dt => //= f l IHl [df /IHl dl]; case: ifP.
Qed.
Lemma find_condition_in_sound tele l c : find_condition_in (parts w) tele l = Some c ->
  body_defined l -> defined c /\ exists f, is_condition f /\ outside tele f = Some c.
Proof.
elim: l => //= f l IH; case: ifP => [cf|_]; last by move=> /IH F [_ /F].
case E: (Steps.outside _ _ _) => [g|]; last by move=> /IH F [_ /F].
by move=> [<-] [df _]; split; [exact: outside_defined E df | exists f.2].
Qed.
Lemma condition_value f e : is_condition f -> exists h : bool, value e f = h%:R.
Proof.
case: f => //= [a' x y d|a' d] _; first by eexists; exact: alike_value.
by eexists; exact: divides_value.
Qed.
Lemma find_condition_sound ts c e : find_condition (parts w) ts = Some c -> terms_defined ts ->
  defined c /\ exists h : bool, value e c = h%:R.
Proof.
elim: ts => //= t ts IH; case E: (find_condition_in _ _ _) => [c'|]; last by move/IH=> F /defined_cons [_ /F].
move=> [<-] /defined_cons [dt _]; have [dc [f [cf out]]] := find_condition_in_sound E dt; split=> //.
rewrite /Steps.outside in out; case: ifP out => // _ [<-].
by case: f cf => //= *; exact: condition_value.
Qed.

(* -- what is known of functions -- *)
Lemma all_knownE i : List.In i known -> meaning w i.
Proof.
move: known_w; elim: known => //= j ids IH [mj mids] [<-|]; [exact: mj | exact: IH].
Qed.
Lemma has_In (P : identity -> bool) ids : has P ids -> exists2 i, List.In i ids & P i.
Proof.
by elim: ids => //= i ids IH /orP [Pi|/IH [j]]; [exists i => //; left | exists j => //; right].
Qed.
Lemma In_has (P : identity -> bool) i ids : List.In i ids -> P i -> has P ids.
Proof. by elim: ids => //= j ids IH [-> ->|/IH H /H ->]; rewrite ?orbT. Qed.
Lemma step_function s x y : is_step known s -> call s x y = step x.
Proof. by case/has_In=> [[]] // s' /all_knownE /= M /eqP <-. Qed.
Lemma relu_function s x y : is_relu known s -> call s x y = if 0 < x then x else 0.
Proof. by case/has_In=> [[]] // s' /all_knownE /= [M _] /eqP <-. Qed.
Lemma size_gt0 s : 0 < (sizes w s)%:R :> R. Proof. by rewrite ltr0n populous. Qed.
Lemma positive_factor_value f e : positive_factor f -> 0 < value e f.
Proof.
case: f => //= [s _|]; first exact: size_gt0.
case=> // [[[|p|p] q]] // [] // [] // [] // s [] // [] // _ /=.
rewrite invr_gt0 mulr1 addr0 mulr_gt0 ?size_gt0 // divr_gt0 // ltr0n; exact/ssrnat.ltP/Pos2Nat.is_pos.
Qed.
Lemma positive_body_value l e : all (fun f : bool * factor => positive_factor f.2) l -> 0 < product e l.
Proof.
elim: l => [|f l IH] /=; first by rewrite product_nil ltr01.
by case/andP=> /(positive_factor_value e) pf /IH pl; rewrite product_cons mulr_gt0.
Qed.
Lemma fraction_gt0 (c : fraction) : (0 <? c.1)%coqZ -> 0 < [c].
Proof.
move/Z.ltb_lt; case: c => [[|p|p] q] //= _.
by rewrite divr_gt0 // ltr0n; exact/ssrnat.ltP/Pos2Nat.is_pos.
Qed.
Lemma fraction_lt0 (c : fraction) : (c.1 <? 0)%coqZ -> [c] < 0.
Proof.
move/Z.ltb_lt; case: c => [[|p|p] q] //= _.
by rewrite /fraction_value /= mulNr oppr_lt0 divr_gt0 // ltr0n; exact/ssrnat.ltP/Pos2Nat.is_pos.
Qed.
Lemma positive_term_value t e : positive_term t -> 0 < term_value e t.
Proof.
rewrite /positive_term term_valueE; case: (telescope t) => // /andP [c b].
by rewrite mulr_gt0 ?fraction_gt0 //; exact: positive_body_value.
Qed.
Lemma negative_term_value t e : negative_term t -> term_value e t < 0.
Proof.
rewrite /negative_term term_valueE; case: (telescope t) => // /andP [c b].
by rewrite nmulr_rlt0 ?fraction_lt0 //; exact: positive_body_value.
Qed.
Lemma positive_terms_value ts e : all positive_term ts -> (0 < size ts)%N -> 0 < terms_value e ts.
Proof.
case: ts => // t ts /andP [pt ps] _; rewrite terms_cons; apply: ltr_paddr; last exact: positive_term_value.
elim: ts ps => [|u us IH] /=; first by rewrite terms_nil.
by case/andP=> pu /IH ps; rewrite terms_cons addr_ge0 // ltW // positive_term_value.
Qed.
Lemma negative_terms_value ts e : all negative_term ts -> terms_value e ts <= 0.
Proof.
elim: ts => [|u us IH] /=; first by rewrite terms_nil.
by case/andP=> pu /IH ps; rewrite terms_cons -[0]addr0 ler_add // ltW // negative_term_value.
Qed.
Lemma plain_call_value s a b e : terms_value e (plain_call s a b) = call s (terms_value e a) (terms_value e b).
Proof. by rewrite singles_value. Qed.
Lemma plain_call_defined s a b : terms_defined a -> terms_defined b -> terms_defined (plain_call s a b).
Proof. by move=> da db; apply/singles_defined. Qed.
Lemma aloneE ts f e : alone ts = Some f -> terms_value e ts = value e f /\ (terms_defined ts -> defined f).
Proof.
case: ts => [|[[n q] tele l] us] //; case: n => // p; case: p => //; case: q => //.
case: tele => //; case: l => [|[b' g] l] //; case: l => //; case: us => // [[<-]].
by split; [exact: singles_value | case=> [[]]].
Qed.
Lemma call_step_value s a b e : is_step known s ->
  terms_value e (call_step known s a b) = call s (terms_value e a) (terms_value e b).
Proof.
move=> st; rewrite step_function // /call_step /step; case: ifP => [/andP [pa sa]|_].
  by rewrite constant_value fraction_one positive_terms_value.
case: ifP => [na|_]; first by rewrite ltNge negative_terms_value.
have P : terms_value e (plain_call s a b) = if 0 < terms_value e a then 1 else 0.
  by rewrite plain_call_value step_function.
case E: (alone a) => [f|] //; case: f E => // r x y E; case: ifP => // re.
have [-> _] := aloneE e E; rewrite singles_value.
have -> : value e (Call s x (pack_all b)) = step (value_all e x) by exact: step_function.
have -> : value e (Call r x y) = if 0 < value_all e x then value_all e x else 0 by exact: relu_function.
by rewrite /step; case: (boolP (0 < value_all e x)) => [->//|_]; rewrite ltxx.
Qed.
Lemma call_step_defined s a b : terms_defined a -> terms_defined b -> terms_defined (call_step known s a b).
Proof.
move=> da db; rewrite /call_step; case: ifP => _ //; case: ifP => _ //.
have P := plain_call_defined s da db.
case E: (alone a) => [f|] //; case: f E => // r x y E; case: ifP => // _; apply/singles_defined.
by have [_ /(_ da) [dx _]] := aloneE (Place (fun _ _ => 0%N) (fun _ _ => 0%coqZ)) E.
Qed.
Lemma square_value s a b e : terms_value e (square (parts w) s a b) =
  call s (terms_value e a) (terms_value e b) * call s (terms_value e a) (terms_value e b).
Proof. by rewrite (@multiply_value R w dims least populated_w) !plain_call_value. Qed.
Lemma size_inverse_value z e :
  term_value e (single (Inverse (pack_all [:: single (SizeOf z)]))) = (sizes w z)%:R^-1.
Proof. by rewrite single_value -[value e _]/(terms_value e [:: single (SizeOf z)])^-1 singles_value. Qed.
Lemma size_inverse_defined z : body_defined (body (single (Inverse (pack_all [:: single (SizeOf z)])))).
Proof.
split=> //; split=> // e; rewrite -/(terms_value e [:: single (SizeOf z)]) singles_value /=.
by apply/eqP; rewrite gt_eqF // size_gt0.
Qed.
Lemma call_by_value i s a b ts e : List.In i known -> call_by (parts w) known i s a b = Some ts ->
  terms_value e ts = call s (terms_value e a) (terms_value e b).
Proof.
move=> kn; have M := all_knownE kn; rewrite /call_by; case: i kn M => f.
- move=> _ [M M']; case: eqP => [-> [<-]|_]; first by rewrite M.
  by case: eqP => // -> /Some_inj <-; rewrite constant_value fraction_one M'.
- move=> _ [M _]; case: eqP => // ->; case E: (alone a) => [g|] //; case: g E => // r x y E; case: eqP => // Er [<-].
  rewrite Er in E; have [-> _] := aloneE e E; rewrite M.
  have -> : value e (Call f x y) = if 0 < value_all e x then value_all e x else 0 by exact: M.
  by case: (boolP (0 < value_all e x)) => [->//|_]; rewrite ltxx.
- move=> _ M; case: eqP => // -> /Some_inj <-; rewrite terms_cat minus_value plain_call_value square_value M.
  by rewrite mulrBr mulr1.
- move=> _ M; case: eqP => // -> /Some_inj <-; rewrite terms_cat minus_value constant_value fraction_one square_value.
  by rewrite M.
- by [].
- move=> kn M; case: eqP => // E /Some_inj <-; apply: call_step_value.
  by apply: (In_has kn); rewrite E.
- by move=> _ M; case: eqP => // -> /Some_inj <-; rewrite terms_cat minus_value M.
- move=> x y _ M; case: eqP => // -> /Some_inj <-; rewrite (@multiply_value R w dims least populated_w) scale_value terms_cat minus_value.
  rewrite (@multiply_value R w dims least populated_w) !terms_one !size_inverse_value M invfM; congr (_ * _ * _).
  by rewrite /fraction_value /= divr1.
Qed.
End Nested.
End Functions.
Export Functions.

Module Reciprocals.
Arguments multiply : simpl never.
Arguments call_cases : simpl never.
Arguments invert : simpl never.
Import Order.TTheory.
Section Normalising.
Variables (R : realFieldType) (w : world R) (dims : nat) (least : seq nat) (known : seq identity).
Hypothesis populated_w : populated w least.
Hypothesis parts_dims : forall p, (part_dimension (parts w) p < dims)%N.
Hypothesis known_w : all_known w known.
Implicit Types (e : place) (l : seq (bool * factor)) (t u : term) (ts us a b : seq term).
Local Notation value := (value w dims).
Local Notation value_all := (value_all w dims).
Local Notation defined := (defined w dims).
Local Notation body_defined := (body_defined w dims).
Local Notation product := (product w dims).
Local Notation term_value := (term_value w dims).
Local Notation refines := (refines w dims).
Local Notation sum_all := (sum_all w).
Local Notation suits := (suits w dims).
Local Notation put := (put (parts w)).
Local Notation put_in := (put_in (parts w)).
Local Notation raise := (raise (parts w)).
Local Notation multiply := (multiply (parts w)).
Local Notation populous := (populous populated_w).
Local Notation terms_value := (terms_value w dims).
Local Notation terms_defined := (terms_defined w dims).
Local Notation terms_refine := (terms_refine w dims).
Local Notation "[ c ]" := (fraction_value R c).
Local Notation outside := (outside (parts w)).
Local Notation call s := (functions w s).

Local Notation is_stepk := (is_step known).
Lemma call_by_defined i s a b ts : call_by (parts w) known i s a b = Some ts ->
  terms_defined a -> terms_defined b -> terms_defined ts.
Proof.
rewrite /call_by => C da db.
have P := fun f => @plain_call_defined R w dims f a b da db.
have Q f : terms_defined (square (parts w) f a b) by apply: (multiply_defined populated_w); exact: P.
case: i C => f.
- by case: eqP => _; [move=> [<-] | case: eqP => // _ [<-]].
- by case: eqP => // _; case E: (alone a) => [g|] //; case: g E => // r x y E; case: eqP => // _ /Some_inj <-.
- case: eqP => // _ /Some_inj <-; apply/terms_defined_cat; split; [exact: P | apply/scale_defined; exact: Q].
- case: eqP => // _ /Some_inj <-; apply/terms_defined_cat; split; [by [] | apply/scale_defined; exact: Q].
- by [].
- case: eqP => // _ /Some_inj <-; exact: call_step_defined.
- case: eqP => // _ /Some_inj <-; apply/terms_defined_cat; split; [by [] | exact/scale_defined].
- move=> x y; case: eqP => // _ /Some_inj <-; apply: (multiply_defined populated_w).
    by apply/scale_defined/terms_defined_cat; split=> //; exact/scale_defined.
  by apply: (multiply_defined populated_w); (apply/defined_cons; split; [exact: size_inverse_defined | by []]).
Qed.
Lemma call_first_sound ids s a b : (forall i, List.In i ids -> List.In i known) ->
  terms_defined a -> terms_defined b ->
  terms_defined (call_first (parts w) known ids s a b) /\
  forall e, terms_value e (call_first (parts w) known ids s a b) = call s (terms_value e a) (terms_value e b).
Proof.
move=> sub da db; elim: ids sub => [|i ids IH] sub /=.
  by split; [exact: plain_call_defined | move=> e; exact: plain_call_value].
case E: (call_by _ _ _ _ _ _) => [ts|]; last by apply: IH => j ?; apply: sub; right.
split; first exact: call_by_defined E da db.
by move=> e; apply: (@call_by_value R w dims least known populated_w known_w i s a b ts e _ E); apply: sub; left.
Qed.
Lemma name_of_value ids s x y : (forall i, List.In i ids -> List.In i known) -> call (name_of ids s) x y = call s x y.
Proof.
elim: ids => //= i ids IH sub; have IH' := IH (fun j h => sub j (or_intror h)).
case: i sub => // f g sub; have [M M'] := all_knownE known_w (sub _ (or_introl erefl)).
by case: eqP => [->|_]; [rewrite M | case: eqP => [->|_] //; rewrite M'].
Qed.
Lemma step_name_value ids s x y : (forall i, List.In i ids -> List.In i known) ->
  call (step_name ids known s) x y = call s x y.
Proof.
elim: ids => //= i ids IH sub; have IH' := IH (fun j h => sub j (or_intror h)).
case: i sub => // f sub; have [M M'] := all_knownE known_w (sub _ (or_introl erefl)).
case: eqP => [->|_] //.
case E: [seq _ <- known | _] => [|j js] //; case: j E => // s' E; rewrite M'.
have : is_step known s'.
  move: E {sub IH IH' M M'}; rewrite /is_step; elim: known => //= k ks IHk; case: k => //= s2; try exact: IHk.
  by move=> [-> _]; rewrite eqxx.
by move=> st; rewrite (step_function known_w).
Qed.
Lemma call_sound s a b : terms_defined a -> terms_defined b ->
  terms_defined (Steps.call (parts w) known s a b) /\
  forall e, terms_value e (Steps.call (parts w) known s a b) = call s (terms_value e a) (terms_value e b).
Proof.
move=> da db; rewrite /Steps.call; set s' := step_name _ _ _.
have [d V] := @call_first_sound known s' a b (fun _ h => h) da db; split=> // e.
by rewrite V step_name_value // name_of_value.
Qed.

Variable N : seq term -> seq term.
Hypothesis N_sound : forall ts, terms_refine ts (N ts).
Lemma call_cases_sound fuel s a b : terms_defined a -> terms_defined b ->
  terms_defined (call_cases (parts w) known N fuel s a b) /\
  forall e, terms_value e (call_cases (parts w) known N fuel s a b) = call s (terms_value e a) (terms_value e b).
Proof.
elim: fuel a b => [|fuel IH] a b da db; rewrite [call_cases _ _ _ _ _ _ _]/call_cases -/call_cases;
  first exact: call_sound.
case E: (if find_condition (parts w) a is Some c then Some c else find_condition (parts w) b) => [c|];
  last exact: call_sound.
have [dc hc] : defined c /\ forall e, exists h : bool, value e c = h%:R.
  have F ts : find_condition (parts w) ts = Some c -> terms_defined ts ->
      defined c /\ forall e, exists h : bool, value e c = h%:R.
    move=> Ec dts; have S e := @find_condition_sound R w dims least populated_w ts c e Ec dts.
    by split=> [|e]; [have [] := S (Place (fun _ _ => 0%N) (fun _ _ => 0%coqZ)) | have [] := S e].
  move: E; case Ea: (find_condition (parts w) a) => [c'|] E; last exact: F E db.
  by apply: (F a) => //; rewrite Ea.
have branch h : let r := call_cases (parts w) known N fuel s (N (decide (parts w) c h a)) (N (decide (parts w) c h b)) in
    terms_defined r /\ forall e, value e c = h%:R -> terms_value e r = call s (terms_value e a) (terms_value e b).
  have [da' Va] := N_sound (decide_defined c h da); have [db' Vb] := N_sound (decide_defined c h db).
  have [d V] := IH _ _ da' db'; split=> // e Ec; rewrite V Va Vb.
  by rewrite !(decide_value populated_w _ Ec).
have [dy Vy] := branch true; have [dn Vn] := branch false.
set yes := call_cases _ _ _ _ _ (N (decide _ c true a)) _ in dy Vy *.
set no := call_cases _ _ _ _ _ (N (decide _ c false a)) _ in dn Vn *.
have ds : terms_defined [:: single c] by apply/singles_defined.
split=> [|e].
  apply/terms_defined_cat; split=> //; apply/terms_defined_cat; split; last apply/scale_defined;
  exact: (multiply_defined populated_w).
rewrite terms_cat (terms_cat _ _ _ (multiply _ _)) minus_value !(@multiply_value R w dims least populated_w) singles_value.
have [h Ec] := hc e; rewrite Ec; case: h Ec => Ec.
  rewrite (_ : true%:R = 1 :> R) // (mul1r (terms_value e yes)) (mul1r (terms_value e no)) (Vy e Ec).
  by rewrite addrCA subrr addr0.
rewrite (_ : false%:R = 0 :> R) // (mul0r (terms_value e yes)) (mul0r (terms_value e no)) (Vn e Ec).
by rewrite subrr addr0.
Qed.

(* -- reciprocals -- *)
Lemma inverse_single_value e f : value e (Inverse (pack_all [:: single f])) = (value e f)^-1.
Proof. by rewrite -[LHS]/((terms_value e [:: single f])^-1) singles_value. Qed.
Lemma invert_factor_value f e : terms_value e (invert_factor known f) = (value e f)^-1.
Proof.
have B (h : bool) : (h%:R : R)^-1 = h%:R by case: h; rewrite ?invr1 ?invr0.
case: f => /=; try by move=> *; rewrite singles_value inverse_single_value.
- by move=> a x y d; rewrite singles_value /= B.
- by move=> a d; rewrite singles_value divides_value B.
- move=> s a b; case: ifP => st; last by rewrite singles_value inverse_single_value.
  rewrite singles_value (_ : value e (Call s a b) = step (value_all e a)); last exact: (step_function known_w).
  by rewrite /step; case: ifP; rewrite ?invr1 ?invr0.
- by move=> a; rewrite /Sums.terms_value pack_unpack_all invrK.
Qed.
Lemma invert_factor_defined f : defined f -> (forall e, value e f <> 0) -> terms_defined (invert_factor known f).
Proof.
move=> df nz; have I : terms_defined [:: single (Inverse (pack_all [:: single f]))].
  apply/singles_defined; split; last by apply/singles_defined.
  by move=> e; rewrite -/(terms_value e [:: single f]) singles_value; exact: nz.
have S : terms_defined [:: single f] by apply/singles_defined.
case: f df nz I S => //=; first by move=> s a b; case: ifP.
by move=> a [_ da] *; rewrite /Sums.terms_defined pack_unpack_all.
Qed.
Lemma split_outside_value tele l outer inner : split_outside (parts w) tele l = (outer, inner) ->
  forall e e', suits (raise tele) e e' -> product e' l = \prod_(f <- outer) value e f * product e' inner.
Proof.
elim: l outer inner => [|f l IH] outer inner /=; first by move=> [<- <-] e e' _; rewrite big_nil mul1r.
case E: (split_outside _ _ _) => [o i]; case Ef: (Steps.outside _ _ _) => [g|] [<- <-] e e' su.
  by rewrite product_cons big_cons (IH _ _ E _ _ su) (outside_value populated_w Ef su) mulrA.
by rewrite !product_cons (IH _ _ E _ _ su) mulrCA.
Qed.
Lemma split_outside_defined tele l outer inner : split_outside (parts w) tele l = (outer, inner) ->
  body_defined l -> body_defined inner /\ forall f, List.In f outer -> defined f.
Proof.
elim: l outer inner => [|f l IH] outer inner /=; first by move=> [<- <-].
case E: (split_outside _ _ _) => [o i]; case Ef: (Steps.outside _ _ _) => [g|] [<- <-] [df /(IH _ _ E) [di do_]].
  by split=> // g' [<-|]; [exact: (outside_defined populated_w Ef) | exact: do_].
by split.
Qed.
Lemma term_split t outer inner e : split_outside (parts w) (telescope t) (body t) = (outer, inner) ->
  term_value e t = [coefficient t] * (\prod_(f <- outer) value e f * sum_all (telescope t) (product^~ inner) e).
Proof.
move=> E; rewrite term_valueE; congr (_ * _); rewrite -[RHS]sum_all_mul; apply: (@sum_all_above R w dims) => e' su.
exact: split_outside_value E e e' su.
Qed.
Lemma foldr_multiply_value (F : factor -> seq term) fs rest e :
  terms_value e (foldr (fun f ts => multiply (F f) ts) rest fs) =
  \prod_(f <- fs) terms_value e (F f) * terms_value e rest.
Proof.
elim: fs => [|f fs IH] /=; first by rewrite big_nil mul1r.
by rewrite (@multiply_value R w dims least populated_w) IH big_cons mulrA.
Qed.
Lemma foldr_multiply_defined (T : Type) (F : T -> seq term) (fs : seq T) rest :
  (forall f, List.In f fs -> terms_defined (F f)) -> terms_defined rest ->
  terms_defined (foldr (fun f ts => multiply (F f) ts) rest fs).
Proof.
move=> dF dr; elim: fs dF => //= f fs IH dF; apply: (multiply_defined populated_w).
  by apply: dF; left.
by apply: IH => g ?; apply: dF; right.
Qed.
Lemma prod_neq0 fs e : \prod_(f <- fs) value e f <> 0 -> forall f, List.In f fs -> value e f <> 0.
Proof.
elim: fs => //= f fs IH; rewrite big_cons => nz g [<-|]; first by move=> z; case: nz; rewrite z mul0r.
by apply: IH => z; case: nz; rewrite z mulr0.
Qed.
Lemma invert_term_sound t : body_defined (body t) -> (forall e, term_value e t <> 0) ->
  terms_defined (invert_term (parts w) known t) /\
  forall e, terms_value e (invert_term (parts w) known t) = (term_value e t)^-1.
Proof.
move=> dt nz; rewrite /invert_term; case E: (split_outside _ _ _) => [outer inner].
have [di do_] := split_outside_defined E dt; set rest := match telescope t with [::] => _ | _ => _ end.
have nzs e : \prod_(f <- outer) value e f <> 0 /\ sum_all (telescope t) (product^~ inner) e <> 0.
  by have := nz e; rewrite (term_split e E) => H; split=> z; case: H; rewrite z ?mul0r ?mulr0.
have I : terms_defined [:: single (Inverse (pack_all [:: Work one (telescope t) inner]))] /\
    forall e, terms_value e [:: single (Inverse (pack_all [:: Work one (telescope t) inner]))] =
      (sum_all (telescope t) (product^~ inner) e)^-1.
  have V e : terms_value e [:: Work one (telescope t) inner] = sum_all (telescope t) (product^~ inner) e.
    by rewrite terms_one term_valueE fraction_one mul1r.
  split=> [|e]; last by rewrite singles_value -V.
  apply/singles_defined; split=> [e|]; last by split.
  by rewrite -/(terms_value e [:: Work one (telescope t) inner]) V; have [] := nzs e.
have [dr Vr] : terms_defined rest /\ forall e, terms_value e rest = (sum_all (telescope t) (product^~ inner) e)^-1.
  rewrite /rest; case: (telescope t) I => [|s tele] I //; case: (inner) I => [|f l] I //.
  by split=> // e; rewrite constant_value fraction_one [sum_all _ _ _]product_nil invr1.
have nzf f : List.In f outer -> forall e, value e f <> 0 by move=> io e; apply: prod_neq0 io; have [] := nzs e.
split=> [|e].
  apply/scale_defined/foldr_multiply_defined => // f io; exact: invert_factor_defined (do_ _ io) (nzf _ io).
rewrite scale_value foldr_multiply_value Vr fraction_invE (term_split e E) !invfM; congr (_ * (_ * _)).
elim: (outer) => [|f fs IH]; first by rewrite !big_nil invr1.
by rewrite !big_cons IH invert_factor_value invfM.
Qed.
Lemma sum_all_add tele F G e : sum_all tele (fun e => F e + G e) e = sum_all tele F e + sum_all tele G e.
Proof. by elim: tele e => //= s tele IH e; rewrite -big_split; apply: eq_bigr => x _; exact: IH. Qed.
Lemma size_reciprocal_defined s : defined (Inverse (pack_all [:: single (SizeOf s)])).
Proof. by have [] := @size_inverse_defined R w dims least populated_w s. Qed.
Lemma size_value e s : value e (SizeOf s) <> 0.
Proof. exact/eqP/lt0r_neq0/(size_gt0 populated_w). Qed.
Lemma size_reciprocal_value e s : value e (Inverse (pack_all [:: single (SizeOf s)])) = (value e (SizeOf s))^-1.
Proof. exact: inverse_single_value. Qed.
Lemma to_power_sound s k f : List.In f (to_power s k) -> defined f /\ forall e, value e f <> 0.
Proof.
rewrite /to_power; elim: (Z.abs_nat k) => //= n IH [<-|/IH //].
case: ifP => _; first by split=> // e; exact: size_value.
split=> [|e]; first exact: size_reciprocal_defined.
by rewrite size_reciprocal_value => /eqP; rewrite invr_eq0 => /eqP; exact: size_value.
Qed.
Lemma sizes_sound (fs : seq factor) : (forall f, List.In f fs -> defined f /\ forall e, value e f <> 0) ->
  body_defined (map (pair true) fs) /\ forall e, product e (map (pair true) fs) <> 0.
Proof.
elim: fs => [|f fs IH] H /=; first by split=> // e; rewrite product_nil; exact/eqP/oner_neq0.
have [df nf] := H f (or_introl erefl); have [g|db nb] := IH; first by move=> io; apply: H; right.
split=> [//|e]; rewrite product_cons => /eqP; rewrite mulf_eq0 => /orP [/eqP /nf|/eqP /nb] //.
Qed.
Lemma invert_sum_sound ts : terms_defined ts -> (forall e, terms_value e ts <> 0) ->
  terms_defined (invert_sum (parts w) N ts) /\
  forall e, terms_value e (invert_sum (parts w) N ts) = (terms_value e ts)^-1.
Proof.
move=> dt nz; rewrite /invert_sum; set c := if _ is u :: _ then _ else _; set content := missing_sizes _.
case: Z.eqb_spec => Ec.
  split=> [|e]; last by rewrite singles_value.
  by apply/singles_defined; split.
have [db nzb] : body_defined content /\ forall e, product e content <> 0.
  apply: sizes_sound => f; elim: (sizes_in ts) => //= s ss IH /List.in_app_iff [|/IH //]; exact: to_power_sound.
have nc : [c] <> 0 by move/fraction_eq0.
have W k : terms_defined [:: Work k [::] content] /\ forall e, terms_value e [:: Work k [::] content] = [k] * product e content.
  by split=> [|e]; [apply/defined_cons | rewrite terms_one term_valueE].
have [d1 V1] := W one; have [dc Vc] := W c.
have [dN VN] := N_sound (multiply_defined populated_w d1 dt).
have V e : terms_value e (scale c (N (multiply [:: Work one [::] content] ts))) = [c] * product e content * terms_value e ts.
  by rewrite scale_value VN (@multiply_value R w dims least populated_w) V1 fraction_one mul1r mulrA.
have nzp e : [c] * product e content <> 0 by move/eqP; rewrite mulf_eq0 => /orP [/eqP|/eqP /nzb].
have dS : terms_defined (scale c (N (multiply [:: Work one [::] content] ts))) by apply/scale_defined.
set us := scale c _ in dS V *; split=> [|e].
  apply: (multiply_defined populated_w) => //; apply/singles_defined; split=> // e.
  rewrite -/(terms_value e us) V => /eqP; rewrite mulf_eq0 => /orP [/eqP /nzp|/eqP /nz] //.
rewrite (@multiply_value R w dims least populated_w) singles_value.
rewrite -[value e _]/((terms_value e us)^-1) V Vc invfM mulrA divff ?mul1r //; exact/eqP/nzp.
Qed.
Lemma invert_sound ts : terms_defined ts -> (forall e, terms_value e ts <> 0) ->
  terms_defined (invert (parts w) known N ts) /\
  forall e, terms_value e (invert (parts w) known N ts) = (terms_value e ts)^-1.
Proof.
case: ts => [|t [|u ts]] dt nz.
- by case: (nz (Place (fun _ _ => 0%N) (fun _ _ => 0%coqZ))).
- have [dt' _] := iffLR (defined_cons _ _ _ _) dt.
  have [d V] : terms_defined (invert_term (parts w) known t) /\
      forall e, terms_value e (invert_term (parts w) known t) = (term_value e t)^-1.
    by apply: invert_term_sound => // e; have := nz e; rewrite terms_one.
  by split=> // e; rewrite V terms_one.
- exact: invert_sum_sound.
Qed.
Lemma expand_factor_sound f : defined f.2 ->
  terms_defined (expand_factor (parts w) known N f) /\
  forall e, terms_value e (expand_factor (parts w) known N f) = value e f.2.
Proof.
case: f => [[] f] df; rewrite /expand_factor; first by split=> [|e]; [apply/singles_defined | exact: singles_value].
case: f df => [a x y d|a d|s|v i|s a b|a] df; try by (split=> [|e]; [apply/singles_defined | exact: singles_value]).
- case: df => da db.
  have [da' Va] := N_sound (ts := unpack_all false a) (eq_rect_r (defined_all w dims) da (pack_unpack_all false a)).
  have [db' Vb] := N_sound (ts := unpack_all false b) (eq_rect_r (defined_all w dims) db (pack_unpack_all false b)).
  have [d V] := call_cases_sound 8 s da' db'; split=> // e.
  by rewrite V Va Vb /Sums.terms_value !pack_unpack_all.
- case: df => nz da.
  have [da' Va] := N_sound (ts := unpack_all false a) (eq_rect_r (defined_all w dims) da (pack_unpack_all false a)).
  have Va' e : terms_value e (N (unpack_all false a)) = value_all e a.
    by rewrite Va /Sums.terms_value pack_unpack_all.
  have [d V] : terms_defined (invert (parts w) known N (N (unpack_all false a))) /\
     forall e, terms_value e (invert (parts w) known N (N (unpack_all false a))) = (value_all e a)^-1.
    have [d V] : terms_defined (invert (parts w) known N (N (unpack_all false a))) /\
       forall e, terms_value e (invert (parts w) known N (N (unpack_all false a))) =
                 (terms_value e (N (unpack_all false a)))^-1.
      by apply: invert_sound => // e; rewrite Va'; exact: nz.
    by split=> // e; rewrite V Va'.
  by split.
Qed.
Lemma expand_sound t : terms_refine [:: t] (expand (parts w) known N t).
Proof.
move=> /defined_cons [dt _]; rewrite /expand; set ps := foldr _ _ _.
have [dp Vp] : terms_defined ps /\ forall e, terms_value e ps = product e (body t).
  rewrite /ps; elim: (body t) dt => [|f l IH] /=; first by split=> // e; rewrite constant_value fraction_one product_nil.
  move=> [df /IH [dl Vl]]; have [dF VF] := expand_factor_sound df.
  split=> [|e]; first exact: (multiply_defined populated_w).
  by rewrite (@multiply_value R w dims least populated_w) VF Vl product_cons.
split=> [|e].
  by elim: (ps) dp => //= p qs IH /defined_cons [? /IH ?]; apply/defined_cons.
rewrite terms_one term_valueE.
have S qs : terms_value e [seq Work (fraction_mul (coefficient t) (coefficient u)) (telescope t ++ telescope u) (body u)
    | u <- qs] = [coefficient t] * sum_all (telescope t) (terms_value^~ qs) e.
  elim: qs => [|q qs IH] /=; first by rewrite sum_all0 ?mulr0.
  rewrite terms_cons IH term_valueE /= fraction_mulE sum_all_cat -mulrA -mulrDr; congr (_ * _).
  rewrite -sum_all_mul -sum_all_add; exact: sum_all_eq.
by rewrite S; congr (_ * _); exact: sum_all_eq.
Qed.
End Normalising.
End Reciprocals.
Export Reciprocals.

Module NormalForms.
Import Order.TTheory.
Arguments multiply : simpl never.
Arguments call_cases : simpl never.
Arguments normal : simpl never.
Arguments settle : simpl never.
Section NormalFormSound.
Variables (R : realFieldType) (w : world R) (dims : nat) (least : seq nat) (known : seq identity).
Hypothesis populated_w : populated w least.
Hypothesis parts_dims : forall p, (part_dimension (parts w) p < dims)%N.
Hypothesis known_w : all_known w known.
Implicit Types (e : place) (l : seq (bool * factor)) (t u : term) (ts us a b : seq term).
Local Notation value := (value w dims).
Local Notation value_all := (value_all w dims).
Local Notation defined := (defined w dims).
Local Notation body_defined := (body_defined w dims).
Local Notation product := (product w dims).
Local Notation term_value := (term_value w dims).
Local Notation refines := (refines w dims).
Local Notation body_refines := (body_refines w dims).
Local Notation sum_all := (sum_all w).
Local Notation suits := (suits w dims).
Local Notation put := (put (parts w)).
Local Notation put_in := (put_in (parts w)).
Local Notation raise := (raise (parts w)).
Local Notation multiply := (multiply (parts w)).
Local Notation populous := (populous populated_w).
Local Notation terms_value := (terms_value w dims).
Local Notation terms_defined := (terms_defined w dims).
Local Notation terms_refine := (terms_refine w dims).
Local Notation "[ c ]" := (fraction_value R c).
Local Notation outside := (outside (parts w)).
Local Notation call s := (functions w s).

Lemma refines_terms t t' : refines t t' -> terms_refine [:: t] [:: t'].
Proof.
move=> S /defined_cons [/S [d V] _]; split=> [|e]; first by apply/defined_cons.
by rewrite !terms_one V.
Qed.
Lemma pick_sound ts top u us : pick ts top = Some (u, us) ->
  (terms_defined ts -> body_defined (body u) /\ terms_defined us) /\
  forall e, terms_value e ts = term_value e u + terms_value e us.
Proof.
elim: ts us => //= t ts IH us; case: ifP => _; first by move=> [<- <-]; split=> // /defined_cons.
case E: (pick ts top) => [[v vs]|] // [Ev <-]; rewrite Ev in E; have [D V] := IH _ E; split=> [/defined_cons [dt /D [du dvs]]|e].
  by split=> //; apply/defined_cons.
by rewrite !terms_cons V addrCA.
Qed.
Lemma same_term_value t u e : same_term t u -> term_value e t = term_value e u.
Proof.
rewrite /same_term; case E: (compare_terms t u) => //; case F: (compare_fraction _ _) => // _.
by rewrite (term_value_like _ _ _ E) (compare_fractionE F).
Qed.
Lemma sum_all_scaled k k' tele F G e : (forall e, k * F e = k' * G e) -> k * sum_all tele F e = k' * sum_all tele G e.
Proof. by move=> E; rewrite -!sum_all_mul; exact: sum_all_eq. Qed.
Lemma beside_sound sizes : body_defined (beside sizes) /\ forall e, product e (beside sizes) = 1.
Proof.
elim: sizes => [|p sizes [d V]]; first by split=> // e; exact: product_nil.
split=> [|e]; first by split=> //; split=> //; exact: size_reciprocal_defined.
rewrite -[beside _]/([:: _; _] ++ beside sizes) product_cat V !product_cons product_nil !mulr1 size_reciprocal_value.
by rewrite divff //; exact/eqP/size_value.
Qed.
Lemma extend_sound t sizes : refines t (extend t sizes).
Proof.
move=> dt; have [d V] := beside_sound sizes; split=> [|e]; first exact/(defined_cat w dims).
by rewrite !term_valueE; congr (_ * _); apply: sum_all_eq => e'; rewrite product_cat V mulr1.
Qed.
Lemma try_rest_sound name t rest f missing ts : (forall t, refines t (name t)) ->
  body_defined (body t) -> body_defined (body rest) -> defined f ->
  try_rest (parts w) name t rest f missing = Some ts ->
  terms_defined ts /\ forall e, terms_value e ts = term_value e t.
Proof.
move=> nS dt dr df; rewrite /try_rest; case: f df => // s df.
case: (lead_for _ _ _) => [u0|] //; case Ep: (pick _ _) => [[top others]|] //.
case: ifP => // /andP [/Z.eqb_spec nz st] /Some_inj <-.
have [D V] := pick_sound Ep; have [nzs ds] := df.
have Vs e : value_all e s = term_value e top + terms_value e others.
  by rewrite -V /Sums.terms_value pack_unpack_all.
have [dtop doth] : body_defined (body top) /\ terms_defined others.
  by apply: D; rewrite /Sums.terms_defined pack_unpack_all.
have dP : body_defined (body (with_lead (parts w) rest (Inverse s) top)).
  by apply/defined_cat; split=> //; exact: (defined_put populated_w).
have Vt e : term_value e t = term_value e (with_lead (parts w) rest (Inverse s) top).
  have [de <-] := extend_sound missing dt; have [_ <-] := nS _ de; have [_ <-] := nS _ dP.
  exact/esym/same_term_value.
have cz : [coefficient top] <> 0 by move/fraction_eq0.
pose c := fraction_inv (coefficient top).
have dR u : body_defined (body u) -> body_defined (body (remainder (parts w) rest (Inverse s) c u)).
  by move=> du; apply/(defined_cat w dims); split=> //; exact: (defined_put populated_w).
split=> [|e].
  apply/defined_cons; split=> //; elim: (others) doth => // u us IH /defined_cons [du /IH dus].
  by apply/defined_cons; split=> //; exact: dR.
rewrite Vt; pose F e := product e (body rest); pose I e := value e (Inverse s).
have VR u : term_value e (remainder (parts w) rest (Inverse s) c u) =
    [coefficient rest] * sum_all (telescope rest) (fun e => - ([c] * (I e * F e) * term_value e u)) e.
  rewrite term_valueE !fraction_mulE fraction_minus_one (@sum_all_product_cat R w dims least populated_w).
  apply: sum_all_scaled => {}e; rewrite product_cons -/(I e) -/(F e) term_valueE mulN1r mulNr mulrN; congr (- _).
  move: [c] [coefficient u] [coefficient rest] (I e) (F e) (sum_all _ _ _) => x y z i f U.
  by rewrite -!mulrA; congr (_ * (_ * _)); rewrite mulrCA; congr (_ * _); rewrite mulrCA.
have VRs us : terms_value e (map (remainder (parts w) rest (Inverse s) c) us) =
    [coefficient rest] * sum_all (telescope rest) (fun e => - ([c] * (I e * F e) * terms_value e us)) e.
  elim: us => [|u us IH]; first by rewrite terms_nil sum_all0 ?mulr0 // => e'; rewrite terms_nil mulr0 oppr0.
  rewrite terms_cons -/(map _ us) IH VR -mulrDr; congr (_ * _); rewrite -sum_all_add; apply: sum_all_eq => e'.
  by rewrite terms_cons mulrDr opprD.
rewrite terms_cons VRs [term_value e _]term_valueE fraction_mulE -mulrA.
rewrite -[[c] * sum_all _ _ _]sum_all_mul -mulrDr -sum_all_add.
rewrite term_valueE (@sum_all_product_cat R w dims least populated_w); congr (_ * _); apply: sum_all_eq => e1.
rewrite product_cons -/(I e1) -/(F e1); set T := sum_all _ _ _; have := Vs e1.
rewrite [term_value e1 top]term_valueE -/T; have -> : I e1 = (value_all e1 s)^-1 by [].
move=> Vse; have nzS := nzs e1; set S := value_all e1 s in Vse nzS *; set O := terms_value e1 others in Vse *.
rewrite /c fraction_invE; move: [coefficient top] cz Vse => x /eqP x0 Vse.
move: (F e1) T S O nzS Vse => f T S O /eqP S0 Vse.
have -> : T = x^-1 * (S - O) by rewrite Vse addrK mulrA mulVf // mul1r.
have -> : S^-1 * f * (x^-1 * (S - O)) = S^-1 * S * (x^-1 * f) - x^-1 * (S^-1 * f) * O.
  rewrite mulrA mulrBr; congr (_ - _); last by rewrite [S^-1 * f * x^-1]mulrC.
  by rewrite mulrAC [S^-1 * f * S]mulrAC -mulrA [f * _]mulrC.
by rewrite mulVf // mul1r.
Qed.

Lemma remove_factor_defined f l l' : remove_factor f l = Some l' -> body_defined l -> body_defined l'.
Proof.
elim: l l' => //= g l IH l'; case: ifP => _; first by move=> [<-] [].
case E: (remove_factor f l) => [m|] // [<-] [dg dl]; split=> //; exact: IH E dl.
Qed.
Lemma remove_factors_defined fs l l' : remove_factors fs l = Some l' -> body_defined l -> body_defined l'.
Proof.
elim: fs l => [|f fs IH] l /=; first by move=> [<-].
by case E: (remove_factor f l) => [m|] // /IH H /(remove_factor_defined E).
Qed.
Lemma remove_sizes_defined sizes l missing l' : remove_sizes sizes l = (missing, l') -> body_defined l -> body_defined l'.
Proof.
elim: sizes missing l' => [|[s k] sizes IH] missing l' /=; first by move=> [_ <-].
case E: (remove_sizes sizes l) => [m1 l1] H dl; have d1 := IH _ _ E dl.
move: H; case F: (if _ is f :: _ then _ else _) => [l2|] [_ <-]; last first.
  by apply/(defined_cat w dims); split=> //; apply: (proj1 (sizes_sound _)) => f; exact: (to_power_sound dims populated_w).
by move: F; case: (to_power s k) => // f fs F; exact: remove_factor_defined F d1.
Qed.
Lemma drop_variables_defined vs l : body_defined l -> body_defined (drop_variables (parts w) vs l).
Proof.
rewrite /drop_variables; elim: (rev vs) l => //= v us IH l dl; apply: IH.
exact: (defined_put populated_w).
Qed.
Lemma filter_defined (P : bool * factor -> bool) l : body_defined l -> body_defined (filter P l).
Proof. by elim: l => //= f l IH [df /IH dl]; case: ifP. Qed.
Lemma head_defined f l : body_defined l -> defined f -> defined (head f [seq g.2 | g <- l]).
Proof. by case: l => //= g l []. Qed.
Lemma rests_sound t f others r : body_defined others -> defined f ->
  List.In r (rests (parts w) t f others) -> body_defined (body r.1.1) /\ defined r.1.2.
Proof.
move=> do_ df; rewrite /rests; case: f df => // s df; case: (lead_for _ _ _) => [top|] //.
case: (split_outside _ _ _) => [outer inner]; case E: (remove_factors _ _) => [l|] //.
case Em: (remove_sizes _ _) => [missing l'].
have dl := remove_sizes_defined Em (remove_factors_defined E do_); case: ifP => // _.
move: [seq vs <- _ | ~~ has _ _] => vss; elim: vss => //= vs vss IH; case: ifP => _ /=; last exact: IH.
case=> [<-|]; last exact: IH.
split; first exact/drop_variables_defined/filter_defined.
by apply: head_defined => //; apply: drop_variables_defined; split.
Qed.
Lemma cancel_sound name t ts : (forall t, refines t (name t)) -> cancel (parts w) name t = Some ts ->
  terms_refine [:: t] ts.
Proof.
move=> nS C /defined_cons [dt _].
suff [d V] : terms_defined ts /\ forall e, terms_value e ts = term_value e t.
  by split=> // e; rewrite V terms_one.
move: C; rewrite /cancel; have : body_defined (rev [::] ++ body t) by [].
elim: (body t) [::] => //= f l IH before.
rewrite (defined_cat w dims) => -[db [df dl]].
have do_ : body_defined (rev before ++ l) by apply/(defined_cat w dims).
have RS r : List.In r (rests (parts w) t f.2 (rev before ++ l)) -> body_defined (body r.1.1) /\ defined r.1.2.
  exact: rests_sound.
elim: (rests _ _ _ _) RS => [|r rs IHr] RS /=.
  by apply: IH; rewrite rev_cons -cats1 -catA; apply/(defined_cat w dims); split.
case E: (try_rest _ _ _ _ _ _) => [us|]; last by apply: IHr => r' ?; apply: RS; right.
have [dr df'] := RS r (or_introl erefl).
by move=> [<-]; exact: try_rest_sound nS dt dr df' E.
Qed.
Lemma find_relu_sound before l (a : expression) rest : find_relu known before l = Some (a, rest) ->
  (body_defined (before ++ l) -> body_defined rest /\ defined_all w dims a) /\
  forall e, product e (before ++ l) = product e rest * value_all e a.
Proof.
elim: l before => //= -[b f] l IH before; case Ea: (if f is Call _ _ _ then _ else _) => [a'|]; last first.
  by move/IH; rewrite -catA.
move=> [Ea' Er]; subst a' rest; case: f Ea => // s x y; case: ifP => // /andP [re st] [Ex]; subst x; split=> [|e].
  by rewrite (defined_cat w dims) => -[db [[da _] dl]]; split=> //; apply/(defined_cat w dims).
have E : product e (before ++ (b, Call s a y) :: l) = value e (Call s a y) * product e (before ++ l).
  by rewrite !product_cat product_cons mulrCA.
rewrite E (_ : value e (Call s a y) = if 0 < value_all e a then value_all e a else 0);
  last exact: (relu_function known_w).
rewrite mulrC; case: ifP => [//|np]; rewrite mulr0.
suff -> : product e (before ++ l) = 0 by rewrite mul0r.
elim: (before ++ l) st => //= g m IHm; rewrite product_cons => /orP [|/IHm ->]; last by rewrite mulr0.
case: g => b' []//= r c d /andP [sr]; case Ec: (compare_all a c) => // _.
rewrite (_ : value e _ = step (value_all e c)); last exact: (step_function known_w).
by rewrite -(proj2 (proj2 compareE) _ _ Ec) /step np mul0r.
Qed.
Lemma use_relu_sound t ts : use_relu (parts w) known t = Some ts -> terms_refine [:: t] ts.
Proof.
rewrite /use_relu; case E: (find_relu _ _ _) => [[a rest]|] // /Some_inj <- /defined_cons [dt _].
have [D V] := find_relu_sound E; have [dr da] := D dt; split=> [|e].
  have : terms_defined (unpack_all true a) by rewrite /Sums.terms_defined pack_unpack_all.
  elim: (unpack_all true a) => // u us IH /defined_cons [du /IH dus]; apply/defined_cons; split=> //.
  by apply/(defined_cat w dims); split=> //; exact: (defined_put populated_w).
have S us : terms_value e [seq Work (fraction_mul (coefficient t) (coefficient u)) (telescope t ++ telescope u)
    (map (put_in (raise (telescope u))) rest ++ body u) | u <- us] =
    [coefficient t] * sum_all (telescope t) (fun e => product e rest * terms_value e us) e.
  elim: us => [|u us IH]; first by rewrite terms_nil sum_all0 ?mulr0 // => e'; rewrite terms_nil mulr0.
  rewrite terms_cons -/(map _ us) IH term_valueE fraction_mulE (@sum_all_product_cat R w dims least populated_w).
  rewrite -mulrA -mulrDr; congr (_ * _); rewrite -sum_all_mul -sum_all_add; apply: sum_all_eq => e'.
  by rewrite terms_cons mulrDr term_valueE mulrCA.
rewrite S terms_one term_valueE; congr (_ * _); apply: sum_all_eq => e'.
by rewrite V /Sums.terms_value pack_unpack_all.
Qed.
Lemma chain ts us vs : terms_refine ts us -> terms_refine us vs -> terms_refine ts vs.
Proof. by move=> A B /A [/B [? E] E']; split=> // e; rewrite E E'. Qed.
Arguments chain : clear implicits.
Lemma body_chain l l' l2 : body_refines l l' -> body_refines l' l2 -> body_refines l l2.
Proof. by move=> A B /A [/B [? E] E']; split=> // e; rewrite E E'. Qed.
Arguments body_chain : clear implicits.
Lemma collected ts : terms_refine ts (collect ts). Proof. exact: collect_refines. Qed.
Arguments collected : clear implicits.
Lemma normal_sound fuel t : terms_refine [:: t] (normal (parts w) dims least known fuel t).
Proof.
elim: fuel t => [|fuel IH] t; first by [].
rewrite [normal _ _ _ _ _ _]/normal -/normal.
pose again ts := flatten [seq normal (parts w) dims least known fuel t | t <- ts].
pose N ts := collect (again ts).
have again_sound ts : terms_refine ts (again ts) by exact: refine_flatten.
have N_sound ts : terms_refine ts (N ts) by exact (chain _ _ _ (again_sound ts) (collected _)).
have ES u : terms_refine [:: u] (expand (parts w) known N u) by exact: expand_sound.
have := settle_sound populated_w parts_dims 400 false t; case: (settle _ _ _ _ _ _) => [t0|] S; last first.
  by move=> /defined_cons [dt _]; split=> // e; rewrite terms_one (S dt).
refine (chain _ _ _ (refines_terms S) _).
case: ifP => _; first exact (chain _ _ _ (ES _) (again_sound _)).
set l1 := drop_single _; set t1 := Work _ _ l1; set t2 := Work _ _ (turn _ _ _ (body t1)).
have cS l : body_refines l (cut known l) by exact: cut_sound.
have nS l : body_refines l (drop_needless known [::] l) by exact: (@drop_needless_sound R w dims least known populated_w known_w [::] l).
have dS l : body_refines l (drop_single l) by exact: drop_single_sound.
have S1 : refines t0 t1.
  exact: (body_refines_term (body_chain _ _ _ (cS _) (body_chain _ _ _ (nS _) (dS _)))).
case Er: (use_relu _ _ _) => [ts|].
  exact (chain _ _ _ (refines_terms S1) (chain _ _ _ (use_relu_sound Er) (again_sound _))).
have S2 : refines t1 t2 by apply: (turn_sound populated_w parts_dims); exact: variables_of_bound.
have S12 := refines_trans S1 S2.
refine (chain _ _ _ (refines_terms S12) _).
case: ifP => _; first exact: again_sound.
set expanded := fun t => if all_flagged t then t else _.
have XS u : refines u (expanded u).
  rewrite /expanded; case: ifP => // _; case E: (expand _ _ _ _) => [|v [|]] //= du.
  have [|d V] := ES u; first by apply/defined_cons.
  move: d V; rewrite E => /defined_cons [dv _] V; split=> // e; have := V e; by rewrite !terms_one.
have nameS u : refines u (name (parts w) expanded u) by exact: name_sound.
case E: (cancel _ _ _) => [ts|]; first exact (chain _ _ _ (cancel_sound nameS E) (again_sound _)).
case D: (drop_constant _ _ _) => [t3|]; last exact: refines_terms.
refine (chain _ _ _ (refines_terms _) (again_sound _)).
apply: (drop_constant_sound populated_w _ D); exact: variables_of_bound.
Qed.
Lemma normal_form_sound ts : terms_refine ts (normal_form (parts w) dims least known ts).
Proof.
refine (chain _ _ _ _ (collected _)).
apply: refine_flatten => t; exact: normal_sound.
Qed.
End NormalFormSound.
End NormalForms.
Export NormalForms.

Module Soundness.
Import Order.TTheory.
Arguments multiply : simpl never.
Arguments normal_form : simpl never.
Section TranslateSound.
Variables (R : realFieldType) (w : world R) (least_w : seq nat) (dims : nat) (prog : seq statement)
  (divs : seq formula) (known_w : seq identity) (claims_w : seq claim).
Let t := Theory (parts w) least_w dims prog divs known_w claims_w.
Hypothesis populated_w : populated w least_w.
Hypothesis dims0 : (0 < dims)%N.
Hypothesis parts_ok : all (fun p => (p.1 < dims) && (dims <= p.2))%N (parts w).
Hypothesis axes_ok : all (leq dims) (axes w).
Hypothesis nonzero_w : nonzero w divs.
Hypothesis known_ok : all_known w known_w.
Implicit Types (e : environment) (ts : seq term).
Local Notation terms_value := (terms_value w dims).
Local Notation terms_defined := (terms_defined w dims).
Local Notation suits := (suits w dims).
Local Notation alike := (alike w dims).
Local Notation value := (value w dims).
Local Notation populous := (populous populated_w).
Lemma parts_dims p : (part_dimension (parts w) p < dims)%N.
Proof.
rewrite /part_dimension; case: (ltnP p (size (parts w))) => [lt|ge]; last by rewrite nth_default.
by have /andP [] := all_nthP (0, 0)%N parts_ok p lt.
Qed.
Lemma axis_dims p : (p < size (parts w))%N -> (dims <= part_axis t p)%N.
Proof. by move=> lt; have /andP [] := all_nthP (0, 0)%N parts_ok p lt. Qed.
Definition place_of e : place := Place e (fun a b => match b with
  | Zero => 0%coqZ | Rank v => Z.of_nat (e a v)
  | Own p v => Z.of_nat (owners w p (e (part_dimension (parts w) p) v)) end).
Lemma place_of_base e a b : base_value (place_of e) a b = coordinate_at (place_of e) a b.
Proof. by case: b. Qed.
Lemma place_bind s x e : alike (enter w s x (place_of e)) (place_of (bind s x e)).
Proof.
apply: alike_of => [s' v|a [|v|q v]] //=; rewrite /bind.
- by case: eqP => // ->; case: v.
- by case: eqP => // ->; case: v.
Qed.
Lemma terms_alike (E E' : place) ts : alike E E' -> terms_value E' ts = terms_value E ts.
Proof. exact: (proj2 (proj2 (@value_alike R w dims populous))). Qed.
Lemma same_rankE a x y : same_rank (sizes w a) x y = divides w a (Z.of_nat x - Z.of_nat y).
Proof.
have n0 : (0 < sizes w a)%N := populous a; set n := sizes w a in n0 *.
apply/eqP/(dividesP populous) => [E|[k E]]; rewrite -/n in E *.
  exists (Z.of_nat (x %/ n) - Z.of_nat (y %/ n))%coqZ.
  rewrite {1}(divn_eq x n) {1}(divn_eq y n) E -!plusE -!multE; lia.
wlog le : x y k E / (y <= x)%N.
  case: (leqP y x) => [le H|/ssrnat.ltnW le H]; first exact: H E le.
  by apply/esym/(H y x (- k)%coqZ) => //; lia.
apply/eqP; rewrite eqn_mod_dvd //; apply/dvdnP; exists (Z.to_nat k).
apply/eqP; rewrite -(eqn_add2r y) subnK //; move/ssrnat.leP: le => le.
by apply/eqP; rewrite -!plusE -!multE; nia.
Qed.
Lemma holdsE e c : holds w e c = divides w (part_axis t c.1)
  (Z.of_nat (owners w c.1 (look e c.2)) - Z.of_nat (e (part_axis t c.1) 0%N)).
Proof. exact: same_rankE. Qed.
Lemma all_holdE e cs : all_hold w e cs = all (holds w e) cs.
Proof. by elim: cs => //= c [|d cs] IH; rewrite ?andbT // -IH. Qed.

(* -- equality of what is data -- *)
Lemma same_variableE v u : same_variable v u -> v = u.
Proof. by case: v u => a b [a' b'] /andP [/eqP /= -> /eqP /= ->]. Qed.
Lemma same_conditionE c d : same_condition c d -> c = d.
Proof. by case: c d => p v [q u] /andP [/eqP /= -> /same_variableE /= ->]. Qed.
Lemma same_seqE (T : Type) (eq : T -> T -> bool) s s' :
  (forall x y, eq x y -> x = y) -> same_seq eq s s' -> s = s'.
Proof. by move=> E; elim: s s' => [|x s IH] [|y s'] //= /andP [/E -> /IH ->]. Qed.
Lemma same_formulaE f g : same_formula f g -> f = g.
Proof.
elim: f g => [s v|x cs v|n d|s|a IHa b IHb|a IHa b IHb|a IHa b IHb|a IHa b IHb|a IHa|s a IHa b IHb|s ps a IHa
  |a p f IHf|a c f IHf] [] //=.
- by move=> s' v' /andP [/eqP -> /(same_seqE same_variableE) ->].
- by move=> x' cs' v' /andP [/andP [/eqP -> /(same_seqE same_conditionE) ->] /(same_seqE same_variableE) ->].
- by move=> n' d' /andP [/Z.eqb_eq -> /Pos.eqb_eq ->].
- by move=> s' /eqP ->.
- by move=> a' b' /andP [/IHa -> /IHb ->].
- by move=> a' b' /andP [/IHa -> /IHb ->].
- by move=> a' b' /andP [/IHa -> /IHb ->].
- by move=> a' b' /andP [/IHa -> /IHb ->].
- by move=> a' /IHa ->.
- by move=> s' a' b' /andP [/andP [/eqP -> /IHa ->] /IHb ->].
- by move=> s' ps' a' /andP [/andP [/eqP -> /(same_seqE (fun x y => elimT eqP)) ->] /IHa ->].
- move=> a' p' f' /andP [/andP [/eqP -> sp] /IHf ->]; congr (At _ _ _).
  case: p p' sp => [q v|c|k] [q' v'|c'|k'] //=; first by case/andP=> /eqP -> /same_variableE ->.
    by move/eqP ->.
  by move/Z.eqb_eq ->.
- by move=> a' c' f' /andP [/andP [/eqP -> /eqP ->] /IHf ->].
Qed.
Lemma known_conditionE path c e : known_condition path c -> all (holds w e) path -> holds w e c.
Proof.
by elim: path => //= d path IH /orP [/same_conditionE -> /andP [] //|/IH H /andP [_ /H]].
Qed.

(* -- lists of terms -- *)
Lemma put_terms_value p ts E E' : suits p E E' -> terms_value E' (put_terms t p ts) = terms_value E ts.
Proof.
move=> su; elim: ts => //= u us IH; rewrite !terms_cons IH; congr (_ + _).
by rewrite !term_valueE; congr (_ * _); exact: sum_all_put.
Qed.
Lemma put_terms_defined p ts : plain p -> terms_defined ts -> terms_defined (put_terms t p ts).
Proof.
move=> pl; elim: ts => //= u us IH /defined_cons [du /IH dus]; apply/defined_cons; split=> //.
exact: defined_put_under.
Qed.
Lemma sum_over_value s ts E : terms_value E (sum_over s ts) = \sum_(x < sizes w s) terms_value (enter w s x E) ts.
Proof.
elim: ts => [|u us IH] /=; first by rewrite big1 // => x _; rewrite terms_nil.
rewrite terms_cons IH term_valueE /= big_distrr -big_split; apply: eq_bigr => x _ /=.
by rewrite terms_cons term_valueE.
Qed.
Lemma sum_over_defined s ts : terms_defined ts -> terms_defined (sum_over s ts).
Proof. by elim: ts => //= u us IH /defined_cons [du /IH dus]; apply/defined_cons. Qed.
Lemma works_value l E : terms_value E [:: Work one [::] l] = product w dims E l.
Proof. by rewrite terms_one term_valueE fraction_one mul1r. Qed.

Lemma work_value b f E : terms_value E [:: Work one [::] [:: (b, f)]] = value E f.
Proof. by rewrite works_value -[RHS]mulr1. Qed.

(* -- what divides -- *)
Lemma plainly_nonzero_value ts E : plainly_nonzero ts -> terms_value E ts <> 0.
Proof.
case: ts => [|u [|]] //=; case Et: (telescope u) => // /andP [/Z.eqb_spec nz pos].
rewrite terms_one term_valueE Et /= => /eqP; rewrite mulf_eq0 => /orP [/eqP /fraction_eq0 //|].
by rewrite gt_eqF //; exact: (@positive_body_value R w dims least_w populated_w).
Qed.
Lemma closing_plain : plain (closing t). Proof. by []. Qed.
Lemma closed_nonzero ts : is_closed t ts -> (forall e, terms_value (place_of e) ts <> 0) ->
  forall E, terms_value E ts <> 0.
Proof.
rewrite /is_closed; case Ec: (compare_all _ _) => // _ nz E.
have C E' : terms_value E' ts = terms_value (pull (closing t) E') ts.
  rewrite {1}/Sums.terms_value -(proj2 (proj2 compareE) _ _ Ec).
  exact: (proj2 (proj2 (@put_value R w dims populous)) _ _ _ _ (suits_pull w dims E' closing_plain)).
pose e s (i : nat) := if (s < dims)%N then index_at E s 0%N
                      else Z.to_nat (coordinate_at E s (Rank 0) mod Z.of_nat (sizes w s)).
move=> z; case: (nz e); rewrite -z C [RHS]C; apply: terms_alike; split=> [s v lt|a b] /=; first by rewrite /e lt.
case: b => [|v|q v] //=; try exact: congruent_refl; case: ifP => /=; try (by move=> _; exact: congruent_refl).
move=> /andP [/same_baseE [->] big]; rewrite /e ltnNge big /=.
have n1 : (0 < Z.of_nat (sizes w a))%coqZ by have /ssrnat.ltP := populous a; lia.
have [lo hi] := Z.mod_pos_bound (coordinate_at E a (Rank 0)) _ n1.
exists (- (coordinate_at E a (Rank 0) / Z.of_nat (sizes w a)))%coqZ; rewrite Z2Nat.id //.
by have := Z.div_mod (coordinate_at E a (Rank 0)) (Z.of_nat (sizes w a)); lia.
Qed.
Lemma nonzero_divisor h e : has (same_formula h) divs -> evaluate w e h <> 0.
Proof.
by elim: divs nonzero_w => //= d ds IH [nd nds] /orP [/same_formulaE -> //|]; exact: IH.
Qed.

(* -- formulas -- *)
Definition default := Statement [::] [::] (Number 0 1).
Definition values_ok (vals : seq (option (seq term))) : Prop :=
  forall s ts, nth None vals s = Some ts -> let st := nth default prog s in
  terms_defined ts /\ forall e, all (holds w e) (owned st) ->
    values w s (rank_of w e) [seq look e i | i <- indices st] = terms_value (place_of e) ts.
Definition means (path : seq condition) (f : formula) ts : Prop :=
  terms_defined ts /\ forall e, all (holds w e) path -> evaluate w e f = terms_value (place_of e) ts.
Lemma argument_rank idx v a i : sorts_agree t idx v -> (dims <= a)%N -> argument idx v a i = i.
Proof.
rewrite /sorts_agree; have G us xs n (agree : variable -> variable -> bool) :
    (forall u x, agree u x -> (u.1 < dims)%N) -> same_seq agree us xs -> (dims <= a)%N -> argument us xs a n = n.
  move=> A; elim: us xs => [|u us IH] [|x xs] //= /andP [/A lt ss] big.
  case: eqP => [E|_] /=; last exact: IH.
  by move: lt; rewrite E ltnNge big.
by move=> ss big; apply: G ss big => u x /and3P [].
Qed.
Lemma argument_looks idx v e : sorts_agree t idx v ->
  [seq look (fun s i => e s (argument idx v s i)) u | u <- idx] = [seq look e x | x <- v].
Proof.
rewrite /sorts_agree; move: (argument idx v) => arg; elim: idx v => [|u us IH] [|x xs] //=.
by case/andP=> /and3P [/eqP E1 _ /eqP E2] /IH ->; rewrite /look E2 E1.
Qed.
Lemma suits_argument idx v e : suits (renaming (parts w) (argument idx v))
  (place_of (fun s i => e s (argument idx v s i))) (place_of e).
Proof.
apply: suits_renaming => // a b; case: b => [|u|q u] /=; exact: congruent_refl.
Qed.
Lemma enter_path_ok s path e x : all (holds w e) path -> all (holds w (bind s x e)) (enter_path t s path).
Proof.
elim: path => // c path IH /andP [hc /IH hp]; rewrite /enter_path /=.
case ne: (part_axis t c.1 != s) => //=; apply/andP; split; last exact: hp.
move: hc; rewrite !holdsE; move/negbTE: ne => ne.
have -> : bind s x e (part_axis t c.1) 0%N = e (part_axis t c.1) 0%N by rewrite /bind ne.
have -> : look (bind s x e) (c.2.1, weaken s c.2.1 c.2.2) = look e c.2; last by [].
by rewrite /look /bind /weaken /=; case: eqP => [->|].
Qed.
Lemma means_normal path f ts : means path f ts -> means path f (normal_terms t ts).
Proof.
case=> d V; have [dn Vn] := @normal_form_sound R w dims least_w known_w populated_w parts_dims known_ok ts d.
by split=> // e hp; rewrite V // -Vn.
Qed.
Arguments means_normal : clear implicits.
Lemma translate_sound vals f path ts : values_ok vals -> translate t vals path f = Some ts -> means path f ts.
Proof.
move=> ok; elim: f path ts => [s v|x cs v|n d|s|a IHa b IHb|a IHa b IHb|a IHa b IHb|a IHa b IHb|a IHa|s a IHa b IHb
  |s ps g IH|a p g IH|a c g IH] path ts.
- rewrite [translate _ _ _ _]/=; case E: (nth None vals s) => [us|] //; case: ifP => // /andP [ag ow] /Some_inj <-.
  have [du Vu] := ok _ _ E; set st := nth _ _ s in ag ow Vu *.
  split=> [|e hp]; first exact: put_terms_defined.
  set e' := fun s' i => e s' (argument (indices st) v s' i).
  have ranks a : (dims <= a)%N -> e' a 0%N = e a 0%N by move=> big; rewrite /e' (argument_rank _ ag big).
  rewrite (put_terms_value _ (suits_argument _ _ e)) -Vu; last first.
    apply/allP => c cin; move/allP: ow => /(_ c cin) /andP [lt kc].
    rewrite -[holds _ _ _]/(holds w e' c).
    have -> : holds w e' c = holds w e (c.1, (c.2.1, argument (indices st) v c.2.1 c.2.2)).
      by rewrite !holdsE [e' _ _](ranks _ (axis_dims lt)).
    exact: known_conditionE kc hp.
  rewrite (argument_looks e ag) /=; congr (values w s _ _); apply/eq_in_map => a ain.
  by apply/esym/ranks; move/allP: axes_ok => /(_ a ain).
- rewrite /=; case: ifP => // /andP [kc lt] /Some_inj <-; split=> [|e hp]; first by apply/singles_defined.
  rewrite singles_value /= all_holdE; have -> : all (holds w e) cs.
    by apply/allP => c cin; apply: known_conditionE hp; move/allP: kc => /(_ c cin).
  by congr (inputs w x _); apply/eq_in_map => u uin; rewrite /index_value; move/allP: lt => /(_ u uin) ->.
- by move=> /Some_inj <-; split=> // e _; rewrite constant_value -numberE.
- by move=> /Some_inj <-; split=> [|e _]; [apply/singles_defined | rewrite singles_value].
- rewrite [translate _ _ _ _]/=; case Ea: (translate _ _ _ a) => [ta|] //.
  case Eb: (translate _ _ _ b) => [tb|] // /Some_inj <-.
  have [da Va] := IHa _ _ Ea; have [db Vb] := IHb _ _ Eb; split=> [|e hp]; first exact/terms_defined_cat.
  by rewrite terms_cat -Va // -Vb.
- rewrite [translate _ _ _ _]/=; case Ea: (translate _ _ _ a) => [ta|] //.
  case Eb: (translate _ _ _ b) => [tb|] // /Some_inj <-.
  have [da Va] := IHa _ _ Ea; have [db Vb] := IHb _ _ Eb; split=> [|e hp].
    by apply/terms_defined_cat; split=> //; apply/scale_defined.
  by rewrite terms_cat minus_value -Va // -Vb.
- rewrite [translate _ _ _ _]/=; case Ea: (translate _ _ _ a) => [ta|] //.
  case Eb: (translate _ _ _ b) => [tb|] // /Some_inj <-.
  have [da Va] := IHa _ _ Ea; have [db Vb] := IHb _ _ Eb; apply: (means_normal _ _ _); split=> [|e hp]; first exact: (multiply_defined populated_w).
  by rewrite (@multiply_value R w dims least_w populated_w) -Va // -Vb.
- rewrite [translate _ _ _ _]/=; case Eb: (translate _ _ _ b) => [tb|] //; case: ifP => // nzb.
  case Ea: (translate _ _ _ a) => [ta|] // /Some_inj <-.
  have [db Vb] := IHb _ _ Eb; have [da Va] := IHa _ _ Ea.
  have nz E : terms_value E tb <> 0.
    case/orP: nzb => [pn|/andP [hd cl]].
      have [_ VN] := @normal_form_sound R w dims least_w known_w populated_w parts_dims known_ok tb db.
      by rewrite -VN; exact: plainly_nonzero_value.
    by apply: (closed_nonzero cl) => e; rewrite -Vb //; exact: nonzero_divisor.
  have V1 E : terms_value E [:: Work one [::] [:: (false, Inverse (pack_all tb))]] = (terms_value E tb)^-1.
    by rewrite work_value.
  apply: (means_normal _ _ _); split=> [|e hp]; first by apply: (multiply_defined populated_w) => //; apply/defined_cons.
  by rewrite (@multiply_value R w dims least_w populated_w) V1 -Va // -Vb.
- rewrite [translate _ _ _ _]/=; case Ea: (translate _ _ _ a) => [ta|] // /Some_inj <-.
  have [da Va] := IHa _ _ Ea; split=> [|e hp]; first exact/scale_defined.
  by rewrite minus_value -Va.
- rewrite [translate _ _ _ _]/=; case Ea: (translate _ _ _ a) => [ta|] //.
  case Eb: (translate _ _ _ b) => [tb|] // /Some_inj <-.
  have [da Va] := IHa _ _ Ea; have [db Vb] := IHb _ _ Eb; apply: (means_normal _ _ _); split=> [|e hp]; first by apply/defined_cons.
  by rewrite work_value /= (Va e hp) (Vb e hp).
- rewrite [translate _ _ _ _]/=; case: ifP => // dims_ps; case Eg: (translate _ _ _ g) => [tg|] // /Some_inj <-.
  have [dg Vg] := IH _ _ Eg; set l := [seq _ | p <- ps].
  apply: (means_normal _ _ _); split=> [|e hp].
    apply: sum_over_defined; apply: (multiply_defined populated_w) => //; apply/defined_cons; split=> //.
    by rewrite /l; elim: (ps) => //= p qs IHq; split.
  rewrite sum_over_value [LHS]/= big_mkcond; apply: eq_bigr => x _.
  rewrite (@multiply_value R w dims least_w populated_w) works_value.
  rewrite -(product_ext populated_w l (place_bind s x e)) -(terms_alike tg (place_bind s x e)) all_holdE.
  have -> : product w dims (place_of (bind s x e)) l = (all (holds w (bind s x e)) [seq (p, (s, 0%N)) | p <- ps])%:R.
    rewrite /l; elim: (ps) dims_ps => //= p qs IHq /andP [/eqP Ep /IHq IHq']; rewrite product_cons IHq' alike_value.
    rewrite -mulnb natrM; congr (_ * _); rewrite holdsE Z.sub_0_r.
    have <- : base_value (place_of (bind s x e)) (part_axis t p) (Own p 0) = Z.of_nat (owners w p (look (bind s x e) (s, 0%N))).
      by rewrite /= Ep.
    by [].
  case hs: (all _ _); last by rewrite mul0r.
  by rewrite mul1r -Vg // all_cat hs; exact: enter_path_ok.
- rewrite [translate _ _ _ _]/=; case: ifP => // /andP [big op]; case Eg: (translate _ _ _ g) => [tg|] // /Some_inj <-.
  have [dg Vg] := IH _ _ Eg; apply: (means_normal _ _ _); split=> [|e hp]; first exact: put_terms_defined.
  rewrite [LHS]/=; set x := coordinate w e a p.
  have dim_ne q : (part_dimension (parts w) q == a) = false.
    by apply/negbTE; rewrite neq_ltn (leq_trans (parts_dims q) big).
  have su : suits (at_rank a p) (place_of (bind a x e)) (place_of e).
    split=> //= [s v lt|a' [|v|q v]].
    - have ne : (s == a) = false by apply/negbTE; rewrite neq_ltn (leq_trans lt big).
      by rewrite ne /bind ne.
    - exact: congruent_refl.
    - rewrite /bind; case: (eqVneq a' a) => [->|/negbTE ne] /=; last by rewrite ne Z.add_0_r; exact: congruent_refl.
      rewrite eqxx.
      case: v => [|v] /=; last by rewrite Z.add_0_r; exact: congruent_refl.
      rewrite /x; case: (p) op => [q v|c|k] op /=.
      + by rewrite Z.add_0_r /look (eqP op); exact: congruent_refl.
      + exact: congruent_refl.
      + rewrite /further; have n1 : (0 < Z.of_nat (sizes w a))%coqZ by have /ssrnat.ltP := populous a; lia.
        have [lo hi] := Z.mod_pos_bound (Z.of_nat (e a 0%N) + k) _ n1.
        exists ((Z.of_nat (e a 0%N) + k) / Z.of_nat (sizes w a))%coqZ; rewrite Z2Nat.id //.
        by have := Z.div_mod (Z.of_nat (e a 0%N) + k) (Z.of_nat (sizes w a)); lia.
    - have Eb : bind a x e (part_dimension (parts w) q) v = e (part_dimension (parts w) q) v by rewrite /bind (dim_ne q).
      rewrite Z.add_0_r -[X in congruent _ _ _ X]/(Z.of_nat (owners w q (bind a x e (part_dimension (parts w) q) v))) Eb.
      exact: congruent_refl.
  rewrite (put_terms_value _ su); apply: Vg; rewrite all_cat enter_path_ok // andbT {su}.
  case: (p) op @x => [q v|c|k] op x //; case: ifP => // /andP [/eqP Eq _]; apply/andP; split=> //.
  rewrite holdsE; have -> : look (bind a x e) v = look e v by rewrite /look /bind (eqP op) (dim_ne q).
  have -> : bind a x e (part_axis t q) 0%N = owners w q (look e v) by rewrite /bind Eq eqxx.
  by rewrite Z.sub_diag; exact: (divides0 populous).
- rewrite [translate _ _ _ _]/=; case Eg: (translate _ _ _ g) => [tg|] // /Some_inj <-.
  have [dg Vg] := IH _ _ Eg; apply: (means_normal _ _ _); split=> [|e hp].
    by apply: (multiply_defined populated_w) => //; apply/singles_defined.
  rewrite (@multiply_value R w dims least_w populated_w) singles_value alike_value [LHS]/= same_rankE -Vg //.
  rewrite !place_of_base /= (_ : Z.of_nat (e a 0%N) - 0 - Z.of_nat c = Z.of_nat (e a 0%N) - Z.of_nat c)%coqZ; last by ring.
  by case: ifP; rewrite ?mul1r ?mul0r.
Qed.
Lemma translate_all_sound vals rest done_ : values_ok vals -> size vals = size done_ -> prog = done_ ++ rest ->
  follows w (size vals) rest -> values_ok (translate_all t vals rest).
Proof.
elim: rest vals done_ => //= st rest IH vals done_ ok sz Ep [Es fo].
apply: (IH _ (rcons done_ st)); [|by rewrite !size_rcons sz|by rewrite cat_rcons|by rewrite size_rcons].
move=> s ts; rewrite nth_rcons; case: ltngtP => // [lt|E]; first exact: ok.
have st_s : nth default prog s = st by rewrite Ep nth_cat -sz E ltnn subnn.
case Et: (translate _ _ _ _) => [us|] // /Some_inj <-; rewrite st_s /=.
have [du Vu] := translate_sound ok Et.
have [dn Vn] := @normal_form_sound R w dims least_w known_w populated_w parts_dims known_ok us du.
by split=> // e ho; rewrite Vn -Vu // E Es.
Qed.
Lemma claim_sound vals c : values_ok vals -> holds_by_algebra t vals c ->
  forall e, all_hold w e (under c) -> evaluate w e (left_side c) = evaluate w e (right_side c).
Proof.
move=> ok; rewrite /holds_by_algebra; case Ea: (translate _ _ _ (left_side c)) => [a|] //.
case Eb: (translate _ _ _ (right_side c)) => [b|] //; rewrite /equal_terms.
case Ec: (compare_all _ _) => // _ e; rewrite all_holdE => hp.
have [da Va] := translate_sound ok Ea; have [db Vb] := translate_sound ok Eb.
have NF := @normal_form_sound R w dims least_w known_w populated_w parts_dims known_ok.
have [_ Na] := NF a da; have [_ Nb] := NF b db.
rewrite Va // Vb // -Na -Nb /Sums.terms_value; congr (value_all w dims _ _).
exact: (proj2 (proj2 compareE)).
Qed.
End TranslateSound.

Theorem certified (R : realFieldType) (w : world R) (t : theory) :
  accepted t -> parts w = theory_parts t -> populated w (least t) -> follows w 0 (program t) ->
  nonzero w (divisors t) -> all_known w (known t) -> all (leq (dimensions t)) (axes w) ->
  forall k e, let c := nth (Claim [::] (Number 0 1) (Number 0 1)) (claims t) k in
  all_hold w e (under c) -> evaluate w e (left_side c) = evaluate w e (right_side c).
Proof.
case: t => ps le_ di pr dv kn cl /= /and3P [/= d0 pok cok] Eps pop fol nz kno axo k e; subst ps.
have [lt|ge] := ltnP k (size cl); last by rewrite nth_default.
have ok : @values_ok R w di pr [::] by move=> s ts; rewrite nth_nil.
have okv : @values_ok R w di pr (translate_all (Theory (parts w) le_ di pr dv kn cl) [::] pr).
  by apply: (@translate_all_sound R w le_ di pr dv kn cl pop d0 pok axo nz kno _ _ [::]).
apply: (@claim_sound R w le_ di pr dv kn cl pop d0 pok axo nz kno _ _ okv).
exact: all_nthP.
Qed.
End Soundness.
Export Soundness.
