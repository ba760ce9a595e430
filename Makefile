# What people type. Each target sets up .venv if need be and hands over to a command that can as
# well be run by hand: `.venv/bin/warehouse --help`.

# The checkout, wherever make was called from (make -f); its path may hold spaces.
ROOT := $(shell dirname "$(strip $(MAKEFILE_LIST))")
WAREHOUSE = cd "$(ROOT)" && scripts/setup.sh && .venv/bin/warehouse

.PHONY: help run check test test-all setup up down status sample new-source remove-source ingest stream build \
	test-data changed archive verify-archive repair-archive export-archive report metric account notebook notebook-html docs docs-serve \
	dashboards dashboards-stop connections lint timings history metrics notify-test orchestrate bench backup restore restore-drill \
	roles erase-customer clean requirements
.DEFAULT_GOAL := help

help: ## Print this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' "$(ROOT)/Makefile"

run: ## Walk the whole road: set-up, engines, sample files, load, build, archive, a report
	@$(WAREHOUSE) run $(if $(FORCE),--force) $(if $(NOTIFY),--notify)

check: ## Style of what has changed, and the tests that need no engine: for the loop at the desk
	@cd "$(ROOT)" && scripts/setup.sh && scripts/check.sh

test: ## Set up everything and run every check but the long drills
	@cd "$(ROOT)" && scripts/setup.sh && scripts/test.sh

test-all: ## Run every check and the long drills: kills at each step, a cluster
	@cd "$(ROOT)" && scripts/setup.sh && scripts/test.sh --all

setup: ## Make the virtual environment .venv
	@cd "$(ROOT)" && scripts/setup.sh

up: ## Start the embedded engines
	@$(WAREHOUSE) up

down: ## Stop the embedded engines
	@$(WAREHOUSE) down

status: ## Say where the three engines are, and whether they answer
	@$(WAREHOUSE) status

sample: ## Write sample files: ROWS=100000 SEED=1
	@$(WAREHOUSE) sample $(if $(ROWS),--rows "$(ROWS)") $(if $(SEED),--seed "$(SEED)")

new-source: ## Make a source system: NAME=bakery FILES='data/bakery/*.csv' (PRODUCTS= CUSTOMERS= STORES= RETURNS= RATES=)
	@$(WAREHOUSE) new-source "$(NAME)" "$(FILES)" $(if $(PRODUCTS),--products "$(PRODUCTS)") \
		$(if $(CUSTOMERS),--customers "$(CUSTOMERS)") $(if $(STORES),--stores "$(STORES)") \
		$(if $(RETURNS),--returns "$(RETURNS)") $(if $(RATES),--rates "$(RATES)") \
		$(if $(RATES_BASE),--rates-base "$(RATES_BASE)") $(if $(RATES_PER),--rates-per "$(RATES_PER)") \
		$(if $(CURRENCY),--currency "$(CURRENCY)") \
		$(if $(TIME_ZONE),--time-zone "$(TIME_ZONE)") $(if $(DECIMAL),--decimal "$(DECIMAL)") \
		$(if $(DATE_ORDER),--date-order "$(DATE_ORDER)") \
		$(if $(IDS_WITHIN),--ids-within "$(IDS_WITHIN)") $(if $(HEADER),--header "$(HEADER)")

remove-source: ## Take a source system out for good: NAME=bakery; YES=1 does not ask
	@$(WAREHOUSE) remove-source "$(NAME)" $(if $(YES),--yes)

stream: ## Load topics of Kafka and show what came on ClickHouse, until Ctrl+C: EVERY=10s NOTIFY=1
	@$(WAREHOUSE) stream $(if $(EVERY),--every "$(EVERY)") $(if $(NOTIFY),--notify)

ingest: ## Load new and changed files into PostgreSQL
	@$(WAREHOUSE) ingest

build: ## Build and test star and aggregates; over all engines SELECT='fct_sales+' (EXCLUDE= FULL_REFRESH=1)
	@$(WAREHOUSE) build $(if $(SELECT),--select "$(SELECT)") $(if $(EXCLUDE),--exclude "$(EXCLUDE)") \
		$(if $(FULL_REFRESH),--full-refresh) $(if $(NOTIFY),--notify)

test-data: ## Run the tests of the data alone, all or SELECT='fct_sales+' (EXCLUDE=)
	@$(WAREHOUSE) test-data $(if $(SELECT),--select "$(SELECT)") $(if $(EXCLUDE),--exclude "$(EXCLUDE)")

changed: ## Build and test what differs from SINCE=main, and what reads it, on a sample in a scratch warehouse (ROWS=)
	@$(WAREHOUSE) changed $(if $(SINCE),--since "$(SINCE)") $(if $(ROWS),--rows "$(ROWS)")

archive: ## Archive the months that are over to Greenplum: all, or MONTH=2026-10
	@$(WAREHOUSE) archive $(if $(MONTH),--month "$(MONTH)") $(if $(NOTIFY),--notify)

verify-archive: ## Prove that the archive is as it was written; HEAD=… a chain_hash noted before
	@$(WAREHOUSE) verify-archive $(if $(HEAD),--head "$(HEAD)")

repair-archive: ## Put right an archive that has sales twice, as landing by hand once could leave it
	@$(WAREHOUSE) repair-archive

export-archive: ## Write what is new in the archive as Parquet and Iceberg tables (docs/lake.md); TO=… another folder
	@$(WAREHOUSE) export-archive $(if $(TO),--to "$(TO)")

report: ## Print a report: NAME=revenue_by_category (FORMAT=csv|json|html FROM=2025-01 TO= CATEGORY= SOURCE=); or list them
	@$(WAREHOUSE) report $(if $(NAME),"$(NAME)") $(if $(FORMAT),--format "$(FORMAT)") $(if $(FROM),--from "$(FROM)") \
		$(if $(TO),--to "$(TO)") $(if $(CATEGORY),--category "$(CATEGORY)") $(if $(SOURCE),--source "$(SOURCE)")

metric: ## Print a metric: NAME=net_revenue BY=category,month (ENGINE=, and as report FORMAT= FROM= …); or list them
	@$(WAREHOUSE) metric $(if $(NAME),"$(NAME)") $(if $(BY),--by "$(BY)") $(if $(ENGINE),--engine "$(ENGINE)") \
		$(if $(FORMAT),--format "$(FORMAT)") $(if $(FROM),--from "$(FROM)") $(if $(TO),--to "$(TO)") \
		$(if $(CATEGORY),--category "$(CATEGORY)") $(if $(SOURCE),--source "$(SOURCE)")

account: ## Print what became of every line of the files: FILE=sales_data_2026-01-01.csv
	@$(WAREHOUSE) account $(if $(FILE),"$(FILE)")

notebook: ## Open the story that the archive tells in Jupyter; SOURCE=online_retail tells of another shop
	@$(WAREHOUSE) notebook $(if $(SOURCE),--source "$(SOURCE)")

notebook-html: ## Run the notebooks, and write each as a page: SOURCE=online_retail
	@$(WAREHOUSE) notebook --html $(if $(SOURCE),--source "$(SOURCE)")

docs: ## Build the catalogue of all three engines, and the page of where each column comes from and goes
	@$(WAREHOUSE) docs

docs-serve: ## Serve both on http://127.0.0.1:8080 (PORT=8080)
	@$(WAREHOUSE) docs-serve $(if $(PORT),--port "$(PORT)")

dashboards: ## Show the dashboards on http://127.0.0.1:8088, by Superset (HOST= PORT=; SCREENSHOTS=docs/dashboards draws them)
	@$(WAREHOUSE) dashboards $(if $(HOST),--host "$(HOST)") $(if $(PORT),--port "$(PORT)") \
		$(if $(SCREENSHOTS),--screenshots "$(SCREENSHOTS)")

dashboards-stop: ## Stop them
	@$(WAREHOUSE) dashboards --stop

connections: ## Say where other tools find the engines; write .tds files for Tableau, .pbids for Power BI: TO=… a folder
	@$(WAREHOUSE) connections $(if $(TO),--to "$(TO)")

lint: ## Check style and types of SQL, Python, YAML and shell
	@cd "$(ROOT)" && scripts/setup.sh && .venv/bin/pre-commit run --all-files

timings: ## Print how long dbt's last run on each engine took, and its slowest nodes: NODES=15
	@$(WAREHOUSE) timings $(if $(NODES),--nodes "$(NODES)")

history: ## Print the last runs: when, how long, what they brought, what went wrong: RUNS=10
	@$(WAREHOUSE) history $(if $(RUNS),--runs "$(RUNS)")

notify-test: ## Send a message by each channel that is set (docs/orchestration.md)
	@$(WAREHOUSE) notify-test

metrics: ## Serve the warehouse's figures for Prometheus on http://127.0.0.1:9188 (HOST= PORT=), or write them TO=file
	@$(WAREHOUSE) metrics $(if $(HOST),--host "$(HOST)") $(if $(PORT),--port "$(PORT)") $(if $(TO),--to "$(TO)")

orchestrate: ## Run the daily and monthly roads by Dagster, with its page on http://127.0.0.1:3000 (HOST= PORT=)
	@$(WAREHOUSE) orchestrate $(if $(HOST),--host "$(HOST)") $(if $(PORT),--port "$(PORT)")

bench: ## Time the road on this machine, beside pandas and beside the least possible: ROWS=300000 RUNS=2
	@cd "$(ROOT)" && scripts/setup.sh && .venv/bin/python -m benchmarks.road \
		$(if $(ROWS),--rows "$(ROWS)") $(if $(RUNS),--runs "$(RUNS)") $(if $(SINGER),--singer "$(SINGER)")

backup: ## Back up all that the warehouse holds, as of one moment: TO=… a folder (docs/backup.md)
	@$(WAREHOUSE) backup $(if $(TO),--to "$(TO)") $(if $(NOTIFY),--notify)

restore: ## Make a warehouse of a backup, where none is: FROM=… (TO_HOME=… another folder)
	@$(WAREHOUSE) restore --from "$(FROM)" $(if $(TO_HOME),--to-home "$(TO_HOME)")

restore-drill: ## Back up, restore beside the running warehouse, prove that every table is equal: TO=…
	@$(WAREHOUSE) restore-drill $(if $(TO),--to "$(TO)")

roles: ## Make the roles that programs and people log in as: ROTATE=loader a new password, RETIRE=loader ends the former
	@$(WAREHOUSE) roles $(if $(ROTATE),--rotate "$(ROTATE)") $(if $(RETIRE),--retire "$(RETIRE)")

erase-customer: ## Forget a customer for good, in every table: SOURCE=shop ID=C1
	@$(WAREHOUSE) erase-customer "$(SOURCE)" "$(ID)"

clean: ## Stop the engines and delete what runs have made; your files stay
	@$(WAREHOUSE) clean

requirements: ## Pin requirements/requirements.txt anew
	@cd "$(ROOT)" && scripts/requirements.sh
