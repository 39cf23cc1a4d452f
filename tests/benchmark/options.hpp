/// What a benchmark is asked: `--name value` pairs, and flags, which have no value.
#pragma once

#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace benchmark {

class Options {
 public:
  /// Known names with their defaults, then the words of the command line. A name whose default is
  /// "no" is a flag.
  Options(std::map<std::string, std::string> defaults, const std::vector<std::string>& words)
      : values_(std::move(defaults)) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::string name = words[i].rfind("--", 0) == 0 ? words[i].substr(2) : "";
      if (values_.count(name) == 0) {
        throw std::invalid_argument("there is no option '" + words[i] + "'; there are " + names());
      }
      std::string& value = values_[name];
      if (value == "no") {
        value = "yes";
      } else if (value != "yes") {
        if (++i == words.size()) throw std::invalid_argument(words[i - 1] + " needs a value");
        value = words[i];
      }
    }
  }

  const std::string& text(const std::string& name) const { return values_.at(name); }

  /// The same with another value of one option.
  Options with(const std::string& name, const std::string& value) const {
    Options changed = *this;
    changed.values_.at(name) = value;
    return changed;
  }

  bool flag(const std::string& name) const { return text(name) == "yes"; }

  /// A positive number.
  double number(const std::string& name) const {
    const std::string& value = text(name);
    char* end = nullptr;
    const double x = std::strtod(value.c_str(), &end);
    if (value.empty() || *end != '\0' || !(x > 0 && x < 1e9)) {
      throw std::invalid_argument("--" + name + " needs a positive number, not '" + value + "'");
    }
    return x;
  }

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

  /// Of --threads: from 1 to 1024.
  int threads() const {
    const int threads = count("threads");
    if (threads > 1024) throw std::invalid_argument("--threads is at most 1024");
    return threads;
  }

  /// The words between commas, at least one.
  std::vector<std::string> list(const std::string& name) const {
    std::vector<std::string> words{""};
    for (const char c : text(name)) {
      if (c == ',') {
        words.emplace_back();
      } else {
        words.back() += c;
      }
    }
    for (const std::string& word : words) {
      if (word.empty()) {
        throw std::invalid_argument("--" + name + " needs words with commas between them, not '" +
                                    text(name) + "'");
      }
    }
    return words;
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
