#include "train_fit.hpp"

#include <fmt/core.h>

#include "gradus/data/split.hpp"

namespace gradus::tools {

RunSize run_size(const TrainSpec& spec, Index images) {
  RunSize size;
  if (spec.validation > 0) size.held_out = data::validation_count(images, spec.validation);
  size.trained = images - size.held_out;
  size.steps = (size.trained + spec.batch - 1) / spec.batch;
  return size;
}

void check_fit(const TrainSpec& spec, const data::Dataset& set) {
  const std::vector<Index>& layers = spec.model.layers;
  if (layers.front() != set.width()) {
    throw InputError(fmt::format(
        "the layers {} start with {} inputs, but the images of {} have {} x {} = {} pixels",
        layers_text(layers), layers.front(), set.name, set.rows, set.cols, set.width()));
  }
  if (layers.back() != set.classes) {
    throw InputError(fmt::format("the layers {} end with {} outputs, but {} has {} classes",
                                 layers_text(layers), layers.back(), set.name, set.classes));
  }
}

void check_sizes(const Options& options, const TrainSpec& spec, const RunSize& size, Index epochs) {
  constexpr Index least_held_out = 10;
  const Index images = size.trained + size.held_out;
  if (spec.validation > 0 && options.given("val") && size.held_out < least_held_out) {
    const double part = static_cast<double>(least_held_out) / static_cast<double>(images);
    throw InputError(fmt::format(
        "--val {} holds out {} of the {} training images, too few to measure a loss with{}",
        spec.validation, size.held_out, with_commas(images),
        part < 0.9 ? fmt::format(": --val {:.2g} holds out {}", part, least_held_out) : ""));
  }
  if (options.given("batch") && spec.batch > size.trained) {
    throw InputError(fmt::format(
        "--batch is {}, but there are {} images to train on: --batch {} takes all of them in each "
        "step",
        spec.batch, with_commas(size.trained), size.trained));
  }
  const Index steps = epochs * size.steps;
  if (options.given("warmup") && spec.warmup > steps) {
    throw InputError(
        fmt::format("--warmup is {}, but the run has only {} steps, {} in an epoch: give fewer "
                    "steps of warm-up, or more --epochs",
                    spec.warmup, with_commas(steps), with_commas(size.steps)));
  }
}

}  // namespace gradus::tools
