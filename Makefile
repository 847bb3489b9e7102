# The commands of CONTRIBUTING.md for those who like them short; each is one plain command.
.PHONY: run test test-browser ci fmt lint openapi

run: ## build, load the bundled sample on a first start, serve
	cargo run -- serve

test: ## install what is missing, run every test
	scripts/test.sh

test-browser: ## the pages in a real browser alone
	scripts/test.sh --browser

ci: ## what must hold before a change is good
	.ci/run

fmt:
	cargo fmt --all

lint:
	cargo clippy --workspace --all-targets -- -D warnings

openapi: ## write the contract from the code
	cargo run --quiet -- openapi > openapi.yaml.new && mv openapi.yaml.new openapi.yaml
