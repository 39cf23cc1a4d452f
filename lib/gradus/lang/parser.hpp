/// From words to statements and expressions.
#pragma once

#include "gradus/lang/source_text.hpp"
#include "gradus/lang/syntax.hpp"

namespace gradus::lang {

/// Reads a text. Throws FormulaError for the first thing that is not as it should be.
///
///   text:        statements between newlines or ;
///   statement:   input NAME [= comparison] | param NAME [= comparison] | scope NAME { text }
///                | NAME = comparison | comparison
///   comparison:  sum [(< <= > >= == !=) sum]
///   sum:         term {(+ -) term}
///   term:        sign {(* / @) sign}
///   sign:        {- +} power
///   power:       postfix [(^ **) sign]
///   postfix:     primary {.T | [ index, ... ]}
///   primary:     number | NAME{.NAME} | NAME ( argument, ... ) | ( comparison ) | ( list ) | [
///   list ] index:       comparison | [comparison] : [comparison] [: [comparison]] argument:
///   comparison | NAME = comparison
Syntax parse(const SourceText& source);

}  // namespace gradus::lang
