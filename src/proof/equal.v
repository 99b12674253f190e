Add Ring ring_R : (ring_of R).
(* Both sides have one shape once the parts are put together: compare piece by piece. *)
Ltac same := first
  [ reflexivity
  | solve [known_owners; subst; auto 2 with shards]
  | match goal with
    | |- bigop _ _ _ = bigop _ _ _ => apply: eq_bigr => ? ?; same
    | |- _ + _ = _ + _ => congr (_ + _); same
    | |- _ * _ = _ * _ => congr (_ * _); same
    | |- - _ = - _ => congr (- _); same
    | |- ?f _ _ = ?f _ _ => congr (f _ _); same
    | |- ?f _ = ?f _ => congr (f _); same
    end ].
Ltac equal_values := put_together; same.
