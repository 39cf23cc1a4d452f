/// A strict reader for the plain part of XML that Gradus writes: elements, attributes and text. No
/// comments, DOCTYPE, CDATA or processing instructions but the declaration at the start.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace gradus::io {

/// `text` for an element or a quoted attribute: &, <, > and quotes as entities. It must be of
/// characters that XML may hold.
std::string xml_quote(std::string_view text);

/// Reads XML text front to back, by asking for what must come next. It builds no tree and its depth
/// is that of the calls, so hostile nesting costs nothing. Everything that is not what was asked
/// for throws InputError with the position and the reason.
class XmlReader {
 public:
  using Attributes = std::map<std::string, std::string, std::less<>>;

  /// `text` must outlive the reader. Passes the declaration, <?xml ...?>, if there is one.
  explicit XmlReader(std::string_view text);

  /// Passes <name ...>, if that is next, and puts its attributes there.
  bool open(std::string_view name, Attributes& attributes);
  /// The same, where it must be next.
  void expect(std::string_view name, Attributes& attributes);
  /// The text up to the next tag. UTF-8, with entities resolved: &lt; &gt; &amp; &quot; &apos;.
  std::string text();
  /// Passes </name>, which must be next; or nothing, if <name/> was just opened.
  void close(std::string_view name);
  /// Only white space may be left.
  void end();
  /// Throws InputError: `reason`, with the position.
  [[noreturn]] void fail(std::string_view reason) const;

 private:
  void skip_space();
  bool accept(std::string_view wanted);
  std::string name();
  std::string until(std::string_view stops);

  std::string_view text_;
  std::size_t at_ = 0;
  bool empty_ = false;  // <name/> was just opened
};

}  // namespace gradus::io
