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
(* STAND-IN while the verified normaliser is being written; same statement as the final one. *)
Record theory := Theory
  { theory_parts : seq (nat * nat); least : seq nat; dimensions : nat; program : seq statement;
    divisors : seq formula; known : seq identity; claims : seq claim }.
Definition accepted (t : theory) : bool := true.
Lemma certified (R : realFieldType) (w : world R) (t : theory) :
  accepted t -> parts w = theory_parts t -> populated w (least t) -> follows w 0 (program t) ->
  nonzero w (divisors t) -> all_known w (known t) ->
  forall k e, let c := nth (Claim [::] (Number 0 1) (Number 0 1)) (claims t) k in
  all_hold w e (under c) -> evaluate w e (left_side c) = evaluate w e (right_side c).
Admitted.
