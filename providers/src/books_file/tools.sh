# Programs that the tests of this provider run. Sourced by scripts/common.sh, like every provider's file of this name.
# Rule: a tool joins PROVIDER_TOOLS and has a need_… function, as in scripts/need, whose helpers it may use.

PROVIDER_TOOLS+=(hledger beancount)
export PATH="$ROOT/.venv/beancount/bin:$PATH"
# An exact version, so that a run means the same tomorrow.
BEANCOUNT_PACKAGE="beancount==3.2.3"

need_hledger() {
  have hledger || apt_install "hledger, for the tests of books in files," hledger
}

need_beancount() {
  have bean-check && return
  need_python
  quietly "installing beancount into .venv/beancount" in_venv "$ROOT/.venv/beancount" "$BEANCOUNT_PACKAGE"
}
