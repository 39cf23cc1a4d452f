#include "gradus/lang/formula.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <mutex>
#include <set>

#include "gradus/lang/parser.hpp"
#include "gradus/lang/recorder.hpp"
#include "gradus/run/value.hpp"

namespace gradus::lang {
namespace {

/// The name of a file, kept until the program ends: nodes point at it.
const char* kept(std::string_view file) {
  static std::mutex mutex;
  static std::set<std::string, std::less<>> names;
  const std::lock_guard lock(mutex);
  return names.emplace(file).first->c_str();
}

/// Elements of all values that the nodes have, up to a little over the most.
Index elements_of(const Tape& tape) {
  Index elements = 0;
  for (NodeId id = 0; id < tape.size() && elements <= max_elements; ++id) {
    elements += tape.shape(id).elements();
  }
  return elements;
}

/// A text, and what it records.
class Text {
 public:
  Text(Tape& tape, const SourceText& source, const Values& values, std::uint64_t seed)
      : tape_(tape),
        source_(source),
        syntax_(parse(source)),
        random_(~seed),
        file_(kept(source.file())),
        values_(values) {}

  Formula record() {
    names_ = resolve(source_, syntax_, values_);
    Recorder recorder(workshop_, syntax_, names_, meanings_, file_);
    for (const FreeName& name : names_.free) {
      workshop_.reserve(name.value->shape(), name.at);
      const Var var = tape_.input(*name.value, name.name, place(name.at));
      meanings_.free.push_back({Value::Kind::variable, {}, var, {}, name.at});
      formula_.free.push_back(var);
      formula_.names.emplace(name.name, var);
    }
    block(recorder, 0);
    if (!formula_.result) {
      source_.fail(source_.text().size(), "there is nothing to compute: expected an expression");
    }
    return std::move(formula_);
  }

  Var record_in(const Formula& formula) {
    std::vector<std::string> known;
    for (const auto& [path, var] : formula.names) known.push_back(path);
    names_ = resolve(source_, syntax_, values_, known);
    if (syntax_.statements.size() != 1 ||
        syntax_.statements[0].kind != Statement::Kind::expression) {
      source_.fail(0, "expected one expression");
    }
    for (const auto& [path, var] : formula.names) {
      Value value{Value::Kind::variable, {}, var};
      if (is_constant(tape_.op(var.id())) && var.shape().rank() == 0) {
        value.number = *tape_.leaf_value(var.id());
      }
      meanings_.declared.push_back(value);
    }
    Recorder recorder(workshop_, syntax_, names_, meanings_, file_);
    const Statement& s = syntax_.statements[0];
    return recorder.node(recorder.record(s.first, s.end));
  }

  /// The value of the only expression.
  Tensor<double> value() {
    names_ = resolve(source_, syntax_, values_);
    if (syntax_.statements.size() != 1 ||
        syntax_.statements[0].kind != Statement::Kind::expression) {
      source_.fail(0, "expected a number or a nested list");
    }
    return constant(syntax_.statements[0]);
  }

 private:
  SourceLocation place(std::uint32_t at) const { return {file_, source_.line(at)}; }

  /// Records statements until the scope ends; returns where.
  std::size_t block(Recorder& recorder, std::size_t i) {
    for (; i < syntax_.statements.size(); ++i) {
      const Statement& s = syntax_.statements[i];
      if (s.kind == Statement::Kind::close_scope) return i;
      if (s.kind == Statement::Kind::open_scope) {
        const auto scope = tape_.scope(s.name);
        i = block(recorder, i + 1);  // at most max_scopes deep
      } else if (s.kind == Statement::Kind::expression) {
        formula_.result = recorder.node(recorder.record(s.first, s.end));
      } else {
        declare(recorder, s);
      }
    }
    return i;
  }

  void declare(Recorder& recorder, const Statement& s) {
    const Declaration& declaration = names_.declarations[meanings_.declared.size()];
    Value value{Value::Kind::variable, {}, {}, {}, s.at};
    if (s.kind == Statement::Kind::assign) {
      const NodeId before = static_cast<NodeId>(tape_.size());
      value = recorder.record(s.first, s.end);
      const Var var = recorder.node(value);
      // Another name of what has one changes nothing.
      if (var.id() >= before || var.name().empty()) var.named(s.name);
      value.var = var;
      value.kind = Value::Kind::variable;
      value.items.clear();
      formula_.result = var;
    } else {
      if (!declaration.given && s.first == s.end) {
        throw MissingValue(source_.point_at(s.at, fmt::format("'{}' has no value", s.name)),
                           {declaration.path});
      }
      const Tensor<double> first = declaration.given ? *declaration.given : constant(s);
      workshop_.reserve(first.shape(), s.at);
      value.var = s.kind == Statement::Kind::param ? tape_.parameter(first, s.name, place(s.at))
                                                   : tape_.input(first, s.name, place(s.at));
      (s.kind == Statement::Kind::param ? formula_.parameters : formula_.inputs)
          .push_back(value.var);
    }
    formula_.names.emplace(declaration.path, value.var);
    meanings_.declared.push_back(std::move(value));
  }

  /// The value of an expression in which nothing may change, found on a tape of its own.
  Tensor<double> constant(const Statement& s) {
    Tape scratch;
    Index elements = elements_;
    const Workshop apart{source_, scratch, random_, elements};
    Recorder recorder(apart, syntax_, names_, meanings_, file_);
    recorder.constants_only = true;
    const Var var = recorder.node(recorder.record(s.first, s.end));
    if (elements_of(scratch) > max_given - elements_) {
      source_.fail(s.at, "this value takes more than 2^25 elements to compute");
    }
    return gradus::value(var);
  }

  Tape& tape_;
  const SourceText& source_;
  Syntax syntax_;
  Names names_;
  Meanings meanings_;
  Random random_;  // apart from what a seed in the text opens, so that no two draws are alike
  Index elements_ = 0;
  const char* file_;
  const Values& values_;
  Workshop workshop_{source_, tape_, random_, elements_};
  Formula formula_;
};

}  // namespace

std::vector<Var> Formula::variables() const {
  std::vector<Var> by = parameters;
  by.insert(by.end(), free.begin(), free.end());
  return by.empty() ? inputs : by;
}

Var Formula::find(std::string_view name) const {
  if (name.size() > 1 && name[0] == '#') {
    NodeId id = 0;
    const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), id);
    if (error == std::errc{} && end == name.data() + name.size() && result &&
        id < result.tape().size()) {
      return result.tape().var(id);
    }
    throw InputError(fmt::format("there is no node {}: they are numbered from #0 to #{}",
                                 shown(name), result ? result.tape().size() - 1 : 0));
  }
  std::vector<std::string> paths;
  for (const auto& [path, var] : names) paths.push_back(path);
  if (const std::string* path = find_path(paths, name)) return names.at(*path);
  throw InputError(fmt::format("there is no '{}'{}", shown(name), did_you_mean(name, paths)));
}

Formula record(Tape& tape, std::string_view text, const Values& values, std::string_view file,
               std::uint64_t seed) {
  const SourceText source(text, file);
  return Text(tape, source, values, seed).record();
}

Var record_expression(Formula& formula, std::string_view text, std::string_view file) {
  const SourceText source(text, file);
  return Text(formula.result.tape(), source, {}, 1).record_in(formula);
}

Tensor<double> parse_value(std::string_view text, std::string_view file) {
  const SourceText source(text, file);
  Tape unused;
  return Text(unused, source, {}, 1).value();
}

void check_size(const Tape& tape) {
  if (elements_of(tape) > max_elements) {
    throw InputError("this is too large: all values together have more than 2^28 elements (2 GB)");
  }
}

}  // namespace gradus::lang
