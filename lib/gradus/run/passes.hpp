/// The names of what a program's compiler does to make it fast, and a choice among them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gradus {

/// In the order in which they are done. All but the last two rewrite the tape, see optimise.hpp;
/// these decide where values are kept, see program.hpp. docs/passes.md tells what each is worth.
enum class Pass : std::uint8_t {
  dead_code,              ///< drops what no output and no update needs
  constants,              ///< computes once what depends on constants alone
  algebra,                ///< leaves out x * 1 and its like; reads as it is what is transposed
  common_subexpressions,  ///< computes once what is recorded twice
  epilogues,              ///< ends a matrix product with what follows it element by element
  accumulation,           ///< adds a matrix product to what is there
  updates,                ///< computes a weight's gradient straight into the new weight
  chains,                 ///< runs pointwise ops that follow each other as one
  zeros,                  ///< leaves out what is multiplied by zeros of an input
  in_place,               ///< writes over what is used for the last time
  sharing                 ///< shares memory among values that do not live together
};

struct NamedPass {
  Pass pass;
  std::string_view name;  ///< "dead-code"
};

/// All passes, in their order.
std::span<const NamedPass> all_passes();

/// A set of passes.
class Passes {
 public:
  static Passes all();
  static Passes none() { return Passes(0); }
  /// Ops run as they were recorded, one by one; but no dead code, and memory is shared.
  static Passes as_recorded() {
    return none().with(Pass::dead_code).with(Pass::in_place).with(Pass::sharing);
  }
  /// "all"; "none"; "dead-code,sharing"; "all,-chains", which takes one away. Throws InputError for
  /// a name that is none, with the nearest one.
  static Passes parse(std::string_view text);

  bool has(Pass pass) const { return (bits_ >> static_cast<unsigned>(pass) & 1u) != 0; }
  Passes with(Pass pass) const { return Passes(bits_ | bit(pass)); }
  Passes without(Pass pass) const { return Passes(bits_ & ~bit(pass)); }
  /// Whether any pass makes other ops of those that were recorded.
  bool rewrite() const {
    return with(Pass::in_place).with(Pass::sharing).with(Pass::dead_code) != as_recorded();
  }
  bool operator==(const Passes&) const = default;

 private:
  explicit Passes(unsigned bits) : bits_(bits) {}
  static unsigned bit(Pass pass) { return 1u << static_cast<unsigned>(pass); }
  unsigned bits_;
};

/// As `Passes::parse` reads it: "all", "none", or the names.
std::string to_string(Passes passes);

}  // namespace gradus
