#include "gradus/lang/names.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <numbers>
#include <span>
#include <unordered_map>

#include "gradus/base/join.hpp"
#include "gradus/lang/functions.hpp"
#include "gradus/lang/habits.hpp"
#include "gradus/lang/limits.hpp"

namespace gradus::lang {
namespace {

struct Constant {
  std::string_view name;
  std::optional<double> value;
};
/// What these names mean, unless the text or a value from outside says something else.
constexpr std::array constants{Constant{"pi", std::numbers::pi}, Constant{"π", std::numbers::pi},
                               Constant{"e", std::numbers::e},   Constant{"true", 1.0},
                               Constant{"false", 0.0},           Constant{"True", 1.0},
                               Constant{"False", 0.0},           Constant{"none", std::nullopt},
                               Constant{"None", std::nullopt}};

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// "hidden/S" -> "hidden.S", as it is written in a text.
std::string with_dots(std::string path) {
  std::replace(path.begin(), path.end(), '/', '.');
  return path;
}

class Resolver {
 public:
  Resolver(const SourceText& source, const Syntax& syntax, const Values& values)
      : source_(source), syntax_(syntax), values_(values) {}

  Names resolve(const std::vector<std::string>& known) {
    for (const std::string& path : known) {
      names_.declarations.push_back({path, 0});
      declare(path);
    }
    find_declarations();
    give_values();
    std::size_t next = known.size();
    for (const Statement& s : syntax_.statements) {
      walk_scope(s);
      for (ExpressionId id = s.first; id < s.end; ++id) {
        const Expression& e = syntax_.expressions[id];
        if (e.kind == Expression::Kind::name) names_.references[id] = meaning(e);
        if (e.kind == Expression::Kind::call && !find_function(e.text)) unknown_function(e);
      }
      if (is_declaration(s)) declare(names_.declarations[next++].path);
    }
    check_all_given();
    return std::move(names_);
  }

 private:
  static bool is_declaration(const Statement& s) {
    return s.kind == Statement::Kind::input || s.kind == Statement::Kind::param ||
           s.kind == Statement::Kind::assign;
  }

  void walk_scope(const Statement& s) {
    if (s.kind == Statement::Kind::open_scope) scope_ += std::string(s.name) + "/";
    if (s.kind == Statement::Kind::close_scope) scope_.resize(scope_.size() - s.name.size() - 1);
  }

  /// All declarations of the text, before any has been reached.
  void find_declarations() {
    std::unordered_map<std::string, std::size_t> seen;
    for (std::size_t i = 0; i < names_.declarations.size(); ++i) {
      seen[names_.declarations[i].path] = i;
    }
    for (const Statement& s : syntax_.statements) {
      walk_scope(s);
      if (!is_declaration(s)) continue;
      std::string path = scope_ + std::string(s.name);
      const auto [first, is_new] = seen.try_emplace(path, names_.declarations.size());
      if (!is_new) {
        const Declaration& before = names_.declarations[first->second];
        source_.fail(
            s.at, fmt::format("'{}' already has a meaning, from line {}: take another name", s.name,
                              source_.line(before.at)));
      }
      later_[std::string(s.name)].push_back(names_.declarations.size());
      names_.declarations.push_back({std::move(path), s.at, s.kind});
    }
  }

  /// Finds which name each value from outside is for.
  void give_values() {
    for (const auto& [key, value] : values_) {
      const std::string name = with_slashes(key);
      std::vector<std::size_t> found;
      const auto candidates = later_.find(std::string(last_part(name)));
      if (candidates == later_.end()) continue;  // of a free name, perhaps
      for (const std::size_t i : candidates->second) {
        const std::string& path = names_.declarations[i].path;
        if (path == name) found = {i};
        if (path == name) break;
        if (is_called(path, name)) found.push_back(i);
      }
      if (found.empty()) continue;
      if (found.size() > 1) {
        throw InputError(fmt::format("a value is given for '{}', but there are '{}' and '{}'",
                                     shown(key), with_dots(names_.declarations[found[0]].path),
                                     with_dots(names_.declarations[found[1]].path)));
      }
      Declaration& d = names_.declarations[found[0]];
      if (d.kind == Statement::Kind::assign) {
        throw InputError(fmt::format(
            "a value is given for '{}', which line {} computes: only inputs, parameters and free "
            "names take values",
            shown(key), source_.line(d.at)));
      }
      d.given = &value;
      used_.insert(key);
    }
  }

  /// From here on the name has a meaning.
  void declare(const std::string& path) {
    const std::size_t index = reached_++;
    by_path_[path] = index;
    by_last_part_[std::string(last_part(path))].push_back(index);
  }

  Reference meaning(const Expression& e) {
    std::string path = with_slashes(e.text);
    int transposes = 0;
    for (auto parts = 1 + std::count(path.begin(), path.end(), '/');; --parts) {
      // No declared name has more parts: x.T.T.T... is not looked up as often as it has them.
      const bool may_be_declared = parts <= max_scopes + 1;
      const std::optional<std::size_t> found = may_be_declared ? find(path, e) : std::nullopt;
      if (found) return {Reference::Kind::declared, *found, {}, transposes};
      const bool transpose = path.size() > 2 && path.compare(path.size() - 2, 2, "/T") == 0;
      if (!transpose) break;
      path.resize(path.size() - 2);
      ++transposes;
    }
    if (path.find('/') != std::string::npos) unknown(e, path);
    const auto later = later_.find(path);
    if (later != later_.end()) {
      source_.fail(e.at, fmt::format("'{}' is used before line {} gives it a meaning", path,
                                     source_.line(names_.declarations[later->second[0]].at)));
    }
    const auto value = values_.find(path);
    if (value == values_.end()) {
      for (const Constant& c : constants) {
        if (c.name == path) return {Reference::Kind::constant, 0, c.value, transposes};
      }
    }
    return {Reference::Kind::free, free_name(path, e), {}, transposes};
  }

  /// What has been reached and is called so here.
  std::optional<std::size_t> find(const std::string& path, const Expression& e) const {
    for (std::string scope = scope_;;) {
      const auto found = by_path_.find(scope + path);
      if (found != by_path_.end()) return found->second;
      if (scope.empty()) break;
      const std::size_t end = scope.rfind('/', scope.size() - 2);
      scope.resize(end == std::string::npos ? 0 : end + 1);
    }
    const auto candidates = by_last_part_.find(std::string(last_part(path)));
    if (candidates == by_last_part_.end()) return std::nullopt;
    std::optional<std::size_t> only;
    for (const std::size_t i : candidates->second) {
      const std::string& other = names_.declarations[i].path;
      if (!is_called(other, path)) continue;
      if (only) {
        source_.fail(e.at,
                     fmt::format("'{}' could be '{}' or '{}': say which", with_dots(path),
                                 with_dots(names_.declarations[*only].path), with_dots(other)));
      }
      only = i;
    }
    return only;
  }

  std::vector<std::string> reached() const {
    std::vector<std::string> result;
    constexpr std::size_t enough = 1000;  // to look for a misspelling in
    for (std::size_t i = 0; i < std::min(reached_, enough); ++i) {
      result.push_back(with_dots(names_.declarations[i].path));
      if (result.back().find('.') != std::string::npos) {
        result.emplace_back(last_part(names_.declarations[i].path));
      }
    }
    return result;
  }

  [[noreturn]] void unknown(const Expression& e, const std::string& path) const {
    source_.fail(e.at, fmt::format("there is no '{}'{}", shown(with_dots(path)),
                                   did_you_mean(with_dots(path), reached())));
  }

  /// Told before anything is asked for a value: what the text says is wrong for every value.
  [[noreturn]] void unknown_function(const Expression& e) const {
    const std::string name(e.text);
    const bool has_meaning = find(name, e) || free_.count(name) > 0 || values_.count(name) > 0;
    if (has_meaning) {
      source_.fail(e.at,
                   fmt::format("'{}' is a value, and no function: for a product write {} * (...)",
                               shown(name), shown(name)));
    }
    const std::string_view instead = written_instead_of(name);
    if (!instead.empty()) {
      source_.fail(e.at, fmt::format("there is no function '{}': {}", name, instead));
    }
    std::vector<std::string> known;
    for (const Function& f : functions()) known.emplace_back(f.name);
    source_.fail(
        e.at, fmt::format("there is no function '{}'{}", shown(name), did_you_mean(name, known)));
  }

  std::size_t free_name(const std::string& name, const Expression& e) {
    const auto [place, is_new] = free_.try_emplace(name, names_.free.size());
    if (is_new) {
      const auto value = values_.find(name);
      const Tensor<double>* given = value == values_.end() ? nullptr : &value->second;
      if (!given && find_function(name)) {
        source_.fail(e.at,
                     fmt::format("'{}' is a function: {}", name, signature(*find_function(name))));
      }
      names_.free.push_back({name, e.at, given});
      if (given) used_.insert(name);
    }
    return place->second;
  }

  /// What a name without a value may stand for: what has a meaning, a constant in other capitals,
  /// or the name of a value that nothing else takes.
  std::string instead_of(const std::string& name) const {
    std::vector<std::string> known = reached();
    for (const Constant& c : constants) {
      if (differ_in_case(name, c.name)) known.emplace_back(c.name);
    }
    std::string unused;
    for (const auto& [key, value] : values_) {
      if (used_.count(key) > 0) continue;
      known.push_back(key);
      if (unused.empty()) unused = key;
    }
    const std::string meant = did_you_mean(name, known);
    if (!meant.empty() || unused.empty()) return meant;
    return fmt::format(" (a value is given for '{}', which is not used)", shown(unused));
  }

  void check_all_given() const {
    std::vector<std::string> missing;
    for (const FreeName& name : names_.free) {
      if (!name.value) missing.push_back(name.name);
    }
    if (!missing.empty()) {
      const auto first = std::find_if(names_.free.begin(), names_.free.end(),
                                      [](const FreeName& name) { return !name.value; });
      const std::string others =
          missing.size() > 1 ? fmt::format(" (nor {} {})", missing.size() == 2 ? "has" : "have",
                                           join(std::span(missing)
                                                    .first(std::min<std::size_t>(missing.size(), 6))
                                                    .subspan(1),
                                                ", "))
                             : "";
      throw MissingValue(
          source_.point_at(first->at, fmt::format("'{}' has no value{}{}", first->name,
                                                  instead_of(first->name), others)),
          missing);
    }
    for (const auto& [key, value] : values_) {
      if (used_.count(key) > 0) continue;
      std::vector<std::string> takers;
      for (const Declaration& d : names_.declarations) {
        if (d.kind != Statement::Kind::assign) takers.push_back(with_dots(d.path));
      }
      for (const FreeName& name : names_.free) takers.push_back(name.name);
      throw InputError(fmt::format("a value is given for '{}', which {}{} does not use{}",
                                   shown(key), source_.file() == "formula" ? "the " : "",
                                   shown(source_.file()), did_you_mean(key, takers)));
    }
  }

  const SourceText& source_;
  const Syntax& syntax_;
  const Values& values_;
  Names names_;
  std::string scope_;        // "hidden/inner/"
  std::size_t reached_ = 0;  // so many of the declarations
  std::unordered_map<std::string, std::size_t> by_path_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_last_part_;
  std::unordered_map<std::string, std::vector<std::size_t>> later_;  // by name, of the whole text
  std::unordered_map<std::string, std::size_t> free_;
  std::set<std::string, std::less<>> used_;  // keys of values
};

}  // namespace

Names resolve(const SourceText& source, const Syntax& syntax, const Values& values,
              const std::vector<std::string>& known) {
  return Resolver(source, syntax, values).resolve(known);
}

bool is_called(std::string_view path, std::string_view name) {
  if (path.size() <= name.size()) return path == name;
  const std::size_t start = path.size() - name.size();
  return path.substr(start) == name && path[start - 1] == '/';
}

std::string with_slashes(std::string_view name) {
  std::string result(name);
  std::replace(result.begin(), result.end(), '.', '/');
  return result;
}

const std::string* find_path(const std::vector<std::string>& paths, std::string_view name) {
  const std::string wanted = with_slashes(name);
  const std::string* only = nullptr;
  for (const std::string& path : paths) {
    if (path == wanted) return &path;
  }
  for (const std::string& path : paths) {
    if (!is_called(path, wanted)) continue;
    if (only) {
      throw InputError(
          fmt::format("'{}' could be '{}' or '{}': say which", shown(name), *only, path));
    }
    only = &path;
  }
  return only;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& known) {
  const std::vector<std::string_view> views(known.begin(), known.end());
  const std::string_view close = nearest(name, views);
  if (close.empty()) return "";
  return fmt::format(" (did you mean '{}'?{})", close,
                     differ_in_case(name, close) ? " Capitals count" : "");
}

}  // namespace gradus::lang
