// What cannot be written: files, the standard output, a terminal.
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include "cli/digits.hpp"
#include "cli/run.hpp"
#include "gradus/io/checkpoint.hpp"

namespace {

using cli::Arguments;
using cli::operator+;

Arguments train(const Arguments& more = {}, const std::string& layers = "49,10",
                const std::string& epochs = "2") {
  return Arguments{"train",    "--data", cli::digits().string(), "--layers", layers,
                   "--epochs", epochs} +
         more;
}

/// What is printed before training is all that is there.
void check_not_trained(const cli::Result& result) {
  CHECK(result.out.find("epoch") == result.out.npos);
}

}  // namespace

TEST_CASE("Where no file can be made, nothing is trained and nothing changed", "[cli]") {
  const scratch::Directory folder;
  scratch::write(folder / "old", "what was there");
  const auto refused = [&](const Arguments& more, std::initializer_list<std::string> words) {
    INFO(cli::shown(more));
    const cli::Result result = cli::run(train(more), {.folder = folder.path()});
    cli::check_refused(result, words);
    check_not_trained(result);
    CHECK(folder.entries() == 1);
    CHECK(scratch::read(folder / "old") == "what was there");
  };
  refused({"--save", "none/net"}, {"cannot write none/net", "No such file or directory"});
  refused({"--save", "/proc/net-of-gradus"}, {"cannot write /proc/net-of-gradus"});
  refused({"--save", "."}, {"cannot write .: it is a directory"});
  refused({"--save", "old/net"}, {"cannot write old/net", "Not a directory"});
  refused({"--save", "/dev/null"}, {"it is not a regular file"});
  refused({"--save", std::string(300, 'x')}, {"File name too long"});
  refused({"--log", "none/log"}, {"cannot write none/log"});
  refused({"--log", "."}, {"it is a directory"});
  refused({"--log", "/dev/full"}, {"it is not a regular file"});
  // One of two files that cannot be written leaves the other one as it was.
  refused({"--log", "old", "--save", "none/net"}, {"cannot write none/net"});
  refused({"--log", "new", "--save", "none/net"}, {"cannot write none/net"});
  refused({"--log", "none/log", "--save", "old"}, {"cannot write none/log"});
  refused({"--log", "old", "--save", "./old"}, {"--log and the checkpoint are the same file"});
}

TEST_CASE("A folder that is read-only is refused", "[cli]") {
  const scratch::Directory folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0555));
  const cli::Surroundings around{.folder = folder.path(), .obeys_modes = true};
  const cli::Result result = cli::run(train({"--save", "net"}), around);
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  if (result.status == 125) {
    WARN("SKIPPED: root here cannot give up its right to write into read-only folders");
    return;
  }
  cli::check_refused(result, {"cannot write net", "Permission denied"});
  CHECK(folder.entries() == 0);
}

TEST_CASE("A write that fails halfway leaves the old file and no other", "[cli]") {
  const scratch::Directory folder;
  cli::check_ok(cli::run(train({"--save", "net"}), {.folder = folder.path()}));
  const std::string before = scratch::read(folder / "net");
  const cli::Surroundings little{.folder = folder.path(), .largest_file = before.size() / 2};
  cli::check_refused(cli::run(train({"--save", "net", "--seed", "2"}), little),
                     {"cannot write net: File too large. What was there before is untouched"});
  cli::check_refused(cli::run(train({"--resume", "net"}, "49,10", "4"), little),
                     {"cannot write net: File too large"});
  CHECK(scratch::read(folder / "net") == before);
  CHECK(folder.entries() == 1);
  const Arguments graph{"graph", "--model", "mlp:30,20,10", "-o", "graph.dot"};
  cli::check_refused(cli::run(graph, {.folder = folder.path(), .largest_file = 1000}),
                     {"cannot write graph.dot: File too large"});
  CHECK(folder.entries() == 1);
}

TEST_CASE("A full disk leaves the old checkpoint and no other file", "[cli]") {
  const scratch::Directory folder;
  if (::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=16k") != 0) {
    WARN("SKIPPED: no small file system can be mounted to be filled; needs root");
    return;
  }
  // The first checkpoint has room; a second one beside it, before it replaces the first, has not.
  const Arguments save = train({"--save", "net"}, "49,10");
  const cli::Result first = cli::run(save, {.folder = folder.path()});
  const std::string before = scratch::read(folder / "net");
  const std::ptrdiff_t entries = folder.entries();
  gradus::io::Checkpoint checkpoint;
  const std::string error =
      scratch::error_of([&] { checkpoint = gradus::io::load_checkpoint(folder / "net"); });
  ::umount(folder.path().c_str());
  cli::check_refused(first, {"cannot write net: No space left on device"});
  CHECK(error == "");
  CHECK(checkpoint.metadata["position.epoch"] == "0");
  CHECK(entries == 1);
}

TEST_CASE("A standard output that is closed or full is an error", "[cli]") {
  const scratch::Directory folder;
  for (const Arguments& arguments :
       {Arguments{"--help"}, Arguments{"--version"}, Arguments{"train", "--help"}, train(),
        train({"--json"}), Arguments{"check", "--model", "mlp:3,2"},
        Arguments{"check", "--model", "mlp:3,2", "--json"},
        Arguments{"graph", "--model", "mlp:3,2"}}) {
    INFO(cli::shown(arguments));
    cli::check_refused(cli::run(arguments, {.out = "/dev/full"}),
                       {"the standard output cannot be written: No space left on device"});
    cli::check_refused(cli::run(arguments, {.out = ""}),
                       {"the standard output cannot be written: Bad file descriptor"});
  }
  // A file that is opened where stdout was must not get what is printed.
  const cli::Surroundings closed{.folder = folder.path(), .out = ""};
  CHECK(cli::run(train({"--save", "net", "--log", "log"}), closed).status == 2);
  CHECK(!std::filesystem::exists(folder / "net"));
  cli::check_ok(cli::run({"graph", "--model", "mlp:3,2", "-o", "graph.dot"}, closed));
  CHECK(scratch::read(folder / "graph.dot") == cli::run({"graph", "--model", "mlp:3,2"}).out);
}

TEST_CASE("Without a standard error, the exit status is the same", "[cli]") {
  for (const char* err : {"", "/dev/full"}) {
    const cli::Surroundings around{.err = err};
    CHECK(cli::run({"bogus"}, around).status == 2);
    CHECK(cli::run({}, around).status == 2);
    CHECK(cli::run(train(), around).status == 0);
    CHECK(cli::run(train({"--loss", "mse", "--lr", "1e6"}, "49,8,10", "9"), around).status == 1);
  }
}

TEST_CASE("Pictures need an extension that is known, and Graphviz", "[cli]") {
  const scratch::Directory folder;
  const auto graph = [&](const std::string& output, const std::string& path) {
    return cli::run({"graph", "--model", "mlp:3,2", "-o", output},
                    {.folder = folder.path(), .environment = {{"PATH", path}}});
  };
  const std::string nowhere = (folder / "none").string();
  cli::check_refused(graph("x.gif", nowhere),
                     {"x.gif: unknown format 'gif'", "dot, svg, png, pdf"});
  cli::check_refused(graph("x.SVG", nowhere), {"Graphviz' dot", ".dot file"});
  cli::check_refused(graph("x", nowhere),
                     {"x: the end of the name says the format", "--format", "dot, svg"});
  cli::check_refused(graph("x.", nowhere), {"the end of the name says the format"});
  cli::check_refused(graph("none/x.dot", nowhere), {"cannot write none/x.dot"});
  cli::check_refused(graph("x.svg", nowhere), {"Graphviz' dot", ".dot file"});
  CHECK(folder.entries() == 0);

  const std::string path = std::getenv("PATH") ? std::getenv("PATH") : "/usr/bin:/bin";
  if (std::system("command -v dot > /dev/null 2>&1") != 0) {
    WARN("SKIPPED: Graphviz is not installed, so that nothing can be drawn");
    return;
  }
  cli::check_ok(graph("x.svg", path));
  CHECK_THAT(scratch::read(folder / "x.svg"), Catch::Matchers::ContainsSubstring("</svg>"));
  cli::check_refused(graph("none/x.svg", path), {"cannot write none/x.svg"});
  CHECK(folder.entries() == 1);
}

TEST_CASE("Progress is drawn on a terminal, and only there", "[cli]") {
  const Arguments arguments = train({}, "49,10", "3");
  const cli::Result plain = cli::run(arguments);
  cli::check_ok(plain);
  CHECK(plain.out.find('\x1b') == plain.out.npos);
  CHECK(plain.out.find('\r') == plain.out.npos);

  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal < 0 || ::grantpt(terminal) != 0 || ::unlockpt(terminal) != 0) {
    WARN("SKIPPED: no terminal can be made");
    return;
  }
  const std::string name = ::ptsname(terminal);
  const cli::Result shown = cli::run(arguments, {.err = name});
  CHECK(shown.status == 0);
  CHECK(shown.out.find('\x1b') == shown.out.npos);
  char text[4096];
  const ssize_t count = ::read(terminal, text, sizeof text);
  ::close(terminal);
  REQUIRE(count > 0);
  const std::string drawn(text, static_cast<std::size_t>(count));
  CHECK_THAT(drawn, Catch::Matchers::ContainsSubstring("epoch 1/3 ["));
  CHECK(drawn.substr(drawn.size() - 4) == "\r\x1b[K");  // and it is taken away
  CHECK(drawn.find("\x1b[3") == drawn.npos);            // no colours
}
