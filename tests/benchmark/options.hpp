/// What a benchmark is asked: `--name value` pairs.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace benchmark {

class Options {
 public:
  /// Known names with their defaults, then the words of the command line.
  Options(std::map<std::string, std::string> defaults, const std::vector<std::string>& words)
      : values_(std::move(defaults)) {
    for (std::size_t i = 0; i < words.size(); i += 2) {
      const std::string name = words[i].rfind("--", 0) == 0 ? words[i].substr(2) : "";
      if (values_.count(name) == 0) {
        throw std::invalid_argument("there is no option '" + words[i] + "'; there are " + names());
      }
      if (i + 1 == words.size()) throw std::invalid_argument(words[i] + " needs a value");
      values_[name] = words[i + 1];
    }
  }

  const std::string& text(const std::string& name) const { return values_.at(name); }

  /// A whole number, at least 1.
  int count(const std::string& name) const {
    const std::string& value = text(name);
    if (value.empty() || value.size() > 9 ||
        value.find_first_not_of("0123456789") != std::string::npos || std::stoi(value) < 1) {
      throw std::invalid_argument("--" + name + " needs a whole number, at least 1, not '" + value +
                                  "'");
    }
    return std::stoi(value);
  }

  /// True for f32, false for f64.
  bool is_f32(const std::string& name) const {
    if (text(name) != "f32" && text(name) != "f64") {
      throw std::invalid_argument("--" + name + " is f32 or f64, not '" + text(name) + "'");
    }
    return text(name) == "f32";
  }

 private:
  std::string names() const {
    std::string list;
    for (const auto& [name, value] : values_) list += (list.empty() ? "--" : ", --") + name;
    return list;
  }

  std::map<std::string, std::string> values_;
};

}  // namespace benchmark
