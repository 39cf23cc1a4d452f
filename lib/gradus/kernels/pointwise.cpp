#include "gradus/kernels/pointwise.hpp"

#include <algorithm>
#include <string>

#include "gradus/base/error.hpp"
#include "gradus/kernels/lanes.hpp"
#include "gradus/kernels/parallel.hpp"

namespace gradus::kernels {
namespace {

/// A strip of 2 KB: a dozen of them stay in an L1 cache of 32 KB, and calling a step's loop costs
/// nothing beside running it.
template <class T>
constexpr Index strip_length = 2048 / sizeof(T);

/// The rows that y has for its broadcast operands: in each row, an operand either is walked or
/// stays where it is. Axes of extent 1 are gone, and neighbouring axes that every operand walks as
/// one are merged.
struct Rows {
  Index length = 1;  // elements in a row
  int rank = 0;      // of the axes that number the rows
  std::array<Index, Shape::max_rank> extent{};

  /// Where row number `row` of an operand with these strides starts.
  Index offset(const std::array<Index, Shape::max_rank>& stride, Index row) const {
    Index result = 0;
    for (auto axis = static_cast<std::size_t>(rank); axis-- > 1;) {
      result += row % extent[axis] * stride[axis];
      row /= extent[axis];
    }
    return rank > 0 ? result + row * stride[0] : 0;
  }
};

/// How an operand's elements come into a strip.
enum class Feed {
  in_place,  // it has y's shape
  once,      // a scalar, or a row that is the same for all rows: written out before the first strip
  by_row     // by its rows' offsets; written out for each strip unless it is walked in one piece
};

struct Operand {
  Feed feed = Feed::in_place;
  bool walked = true;                           // within a row
  std::array<Index, Shape::max_rank> stride{};  // by the rows' axes
};

/// Strips are pieces of a row, or several rows if these are short.
struct Cut {
  Index rows;    // of a strip
  Index length;  // of a piece of a row
  Index pieces;  // of a row
};

template <class T>
class Chain {
 public:
  /// `keep_last`: y's last axis makes a row by itself.
  Chain(std::span<const ChainStep<T>> steps, std::span<const View<const T>> x, View<T> y,
        bool keep_last)
      : steps_(steps), x_(x), y_(y) {
    find_rows(keep_last);
    plan_results();
  }

  Index row_length() const { return rows_.length; }

  Cut cut(Index columns) const {
    constexpr Index most = strip_length<T>;
    if (columns == rows_.length && columns < most) return {most / columns, columns, 1};
    return {1, most, (columns + most - 1) / most};
  }

  /// Strips [first, last) of the rows [row, end_row) and the columns [column, column + columns).
  void run(Index first, Index last, Index row, Index end_row, Index column, Index columns) const {
    const Cut cut = this->cut(columns);
    alignas(64) T room[max_chain_operands + max_chain_steps][strip_length<T> + detail::slack];
    std::array<const T*, max_chain_operands + max_chain_steps> at;  // operands, then results
    std::array<T*, max_chain_steps> result;
    for (std::size_t s = 0; s < steps_.size(); ++s) {
      at[x_.size() + s] = result[s] = room[x_.size() + place_[s]];
    }
    const Index most_rows = std::min(cut.rows, end_row - row);
    for (std::size_t k = 0; k < x_.size(); ++k) {
      if (operands_[k].feed != Feed::once) continue;
      write_once(k, most_rows, columns, room[k]);
      at[k] = room[k];
    }
    for (Index strip = first; strip < last; ++strip) {
      const Index r = row + strip / cut.pieces * cut.rows;
      const Index start = strip % cut.pieces * cut.length;
      const Index n_rows = std::min(cut.rows, end_row - r);
      const Index length = std::min(cut.length, columns - start);
      for (std::size_t k = 0; k < x_.size(); ++k) {
        feed(k, r, n_rows, column + start, length, room[k], at[k]);
      }
      result[steps_.size() - 1] = y_.data + r * rows_.length + column + start;
      for (std::size_t s = 0; s < steps_.size(); ++s) {
        const ChainStep<T>& step = steps_[s];
        const T* const from[] = {at[source(step.x[0])], at[source(step.x[1])],
                                 at[source(step.x[2])]};
        step.strip(n_rows * length, result[s], from, step.number);
      }
    }
  }

 private:
  std::size_t source(std::int32_t x) const {
    return x >= 0 ? static_cast<std::size_t>(x) : x_.size() + static_cast<std::size_t>(~x);
  }

  void find_rows(bool keep_last) {
    const Shape& y = *y_.shape;
    const Index count = y.elements();
    std::array<std::array<Index, Shape::max_rank>, max_chain_operands> own;
    std::array<std::size_t, max_chain_operands> broadcast;  // operands that have rows of their own
    std::size_t n = 0;
    for (std::size_t k = 0; k < x_.size(); ++k) {
      const Index elements = x_[k].elements();
      if (elements == count) continue;
      if (elements == 1) {
        operands_[k] = {Feed::once, false, {}};
      } else {
        own[n] = broadcast_strides(*x_[k].shape, y);
        broadcast[n++] = k;
      }
    }
    const int last = y.rank() - 1;
    if (n == 0) {  // nearly always: all of y, or the last axis, is a row
      rows_.length = keep_last ? (last >= 0 ? y[last] : 1) : count;
      return;
    }
    int rank = 0;  // with the rows' own axis, which is last
    for (int axis = 0; axis <= last; ++axis) {
      const auto i = static_cast<std::size_t>(axis);
      const bool apart = keep_last && axis == last;
      if (y[axis] == 1 && !apart) continue;
      bool merges = rank > 0 && !apart;
      for (std::size_t j = 0; j < n && merges; ++j) {
        merges = operands_[broadcast[j]].stride[static_cast<std::size_t>(rank - 1)] ==
                 own[j][i] * y[axis];
      }
      if (!merges) ++rank;
      const auto r = static_cast<std::size_t>(rank - 1);
      rows_.extent[r] = merges ? rows_.extent[r] * y[axis] : y[axis];
      for (std::size_t j = 0; j < n; ++j) operands_[broadcast[j]].stride[r] = own[j][i];
    }
    rows_.rank = rank - 1;
    const auto inner = static_cast<std::size_t>(rows_.rank);
    rows_.length = rows_.extent[inner];
    for (std::size_t j = 0; j < n; ++j) {
      Operand& operand = operands_[broadcast[j]];
      operand.walked = operand.stride[inner] != 0;
      const bool same_rows =
          std::all_of(operand.stride.begin(), operand.stride.begin() + rows_.rank,
                      [](Index stride) { return stride == 0; });
      operand.feed = same_rows && operand.walked ? Feed::once : Feed::by_row;
    }
  }

  /// Gives each step's result a buffer, and takes it back after the last use: a step may write over
  /// its own operands.
  void plan_results() {
    std::array<std::size_t, max_chain_steps> last_use{};
    for (std::size_t s = 0; s < steps_.size(); ++s) {
      for (const std::int32_t x : steps_[s].x) {
        if (x < 0) last_use[static_cast<std::size_t>(~x)] = s;
      }
    }
    std::array<std::size_t, max_chain_steps> free;
    std::size_t n_free = 0, used = 0;
    for (std::size_t s = 0; s < steps_.size(); ++s) {
      for (std::size_t before = 0; before < s; ++before) {
        if (last_use[before] == s) free[n_free++] = place_[before];
      }
      place_[s] = n_free > 0 ? free[--n_free] : used++;
    }
  }

  /// Writes out what is the same for every strip of a run.
  void write_once(std::size_t k, Index rows, Index columns, T* room) const {
    const T* from = x_[k].data;
    if (!operands_[k].walked) {
      std::fill_n(room, std::min(rows * columns, strip_length<T>), *from);
    } else if (rows > 1) {
      std::copy_n(from, columns, room);
      for (Index done = columns, all = rows * columns; done < all;) {
        const Index more = std::min(done, all - done);
        std::copy_n(room, more, room + done);
        done += more;
      }
    }
  }

  /// Sets `at` to operand k's elements of one strip.
  void feed(std::size_t k, Index row, Index rows, Index column, Index length, T* room,
            const T*& at) const {
    const Operand& operand = operands_[k];
    if (operand.feed == Feed::in_place) {
      at = x_[k].data + row * rows_.length + column;
      return;
    }
    if (operand.feed == Feed::once) {
      if (operand.walked && rows == 1) at = x_[k].data + column;  // else it is written out
      return;
    }
    if (operand.walked && rows == 1) {
      at = x_[k].data + rows_.offset(operand.stride, row) + column;
      return;
    }
    at = room;
    if (!operand.walked && rows_.rank == 1) {
      detail::write_rows(rows, length, x_[k].data + row * operand.stride[0], operand.stride[0],
                         room);
      return;
    }
    for (Index r = row; r < row + rows; ++r, room += length) {
      const T* from = x_[k].data + rows_.offset(operand.stride, r);
      if (operand.walked) {
        std::copy_n(from, length, room);
      } else {
        detail::write_rows(1, length, from, 0, room);
      }
    }
  }

  std::span<const ChainStep<T>> steps_;
  std::span<const View<const T>> x_;
  View<T> y_;
  Rows rows_;
  std::array<Operand, max_chain_operands> operands_;
  std::array<std::size_t, max_chain_steps> place_;  // of each result but the last
};

template <class T>
void check(std::span<const ChainStep<T>> steps, std::span<const View<const T>> x) {
  if (steps.empty() || steps.size() > max_chain_steps || x.size() > max_chain_operands) {
    throw Error("a chain has 1 to " + std::to_string(max_chain_steps) + " steps and at most " +
                std::to_string(max_chain_operands) + " operands, not " +
                std::to_string(steps.size()) + " and " + std::to_string(x.size()));
  }
}

/// One element: scalar tapes live here.
template <class T>
void chain_of_one(std::span<const ChainStep<T>> steps, std::span<const View<const T>> x, T* y) {
  std::array<T, max_chain_steps> result;
  for (std::size_t s = 0; s < steps.size(); ++s) {
    std::array<const T*, 3> from;
    for (std::size_t i = 0; i < from.size(); ++i) {
      const std::int32_t k = steps[s].x[i];
      from[i] =
          k >= 0 ? x[static_cast<std::size_t>(k)].data : &result[static_cast<std::size_t>(~k)];
    }
    steps[s].strip(1, s + 1 < steps.size() ? &result[s] : y, from.data(), steps[s].number);
  }
}

}  // namespace

template <Real T>
void chain(std::span<const ChainStep<T>> steps, std::span<const View<const T>> x, View<T> y,
           double cost) {
  check(steps, x);
  const Index count = y.elements();
  if (count == 0) return;
  if (count == 1) return chain_of_one(steps, x, y.data);
  const Chain<T> chain(steps, x, y, false);
  const Index columns = chain.row_length();
  const Index rows = count / columns;
  const Cut cut = chain.cut(columns);
  const Index strips = (rows + cut.rows - 1) / cut.rows * cut.pieces;
  parallel_for(strips, cost * static_cast<double>(count) / static_cast<double>(strips),
               [&](Index first, Index last) { chain.run(first, last, 0, rows, 0, columns); });
}

template <Real T>
void chain_block(std::span<const ChainStep<T>> steps, std::span<const View<const T>> x, View<T> y,
                 Index row, Index rows, Index column, Index columns) {
  check(steps, x);
  if (rows == 0 || columns == 0) return;
  const Chain<T> chain(steps, x, y, true);
  const Cut cut = chain.cut(columns);
  const Index strips = (rows + cut.rows - 1) / cut.rows * cut.pieces;
  chain.run(0, strips, row, row + rows, column, columns);
}

#define GRADUS_INSTANTIATE(T)                                                                    \
  template void chain<T>(std::span<const ChainStep<T>>, std::span<const View<const T>>, View<T>, \
                         double);                                                                \
  template void chain_block<T>(std::span<const ChainStep<T>>, std::span<const View<const T>>,    \
                               View<T>, Index, Index, Index, Index);
GRADUS_INSTANTIATE(float)
GRADUS_INSTANTIATE(double)
#undef GRADUS_INSTANTIATE

}  // namespace gradus::kernels
