/// All that a program on the tape needs: record, differentiate, look, run, check, draw.
#pragma once

#include "gradus/check/check_gradient.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/graph/dot.hpp"
#include "gradus/nn/mlp.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/optim/optimizer.hpp"
#include "gradus/run/executor.hpp"
#include "gradus/run/value.hpp"
