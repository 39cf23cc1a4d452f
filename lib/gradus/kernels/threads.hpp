#pragma once

namespace gradus::kernels {

/// Sets how many threads the kernels may use from now on, in the whole process. A kernel uses fewer
/// when there is little work, and one when the library was built without OpenMP. The results are
/// the same bits for any number. Throws InputError when n < 1.
void set_threads(int n);

/// The number of threads the kernels may use: what set_threads() said, else OpenMP's default
/// (OMP_NUM_THREADS, or the number of cores). Always 1 without OpenMP.
int threads();

}  // namespace gradus::kernels
