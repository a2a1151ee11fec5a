// The driver `go`: the verbs of the table through database/sql and github.com/mattn/go-sqlite3.
//
// A request is a line of JSON, `{"verb": "query", "arguments": {…}}`, and so is its reply: see ../README.md.
package main

import (
	"bufio"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	sqlite3 "github.com/mattn/go-sqlite3"
)

type arguments struct {
	Path, DB, SQL, Stmt, Kind, Name, Does string
	Values                                []wire
	Named                                 map[string]wire
	Settings                              map[string]wire
	Value                                 wire
	Statements                            []string
	Raises                                bool
}

type reply = map[string]any

// What `start` or `prepare` made.
type statement struct {
	rows     *sql.Rows
	prepared *sql.Stmt
}

type missing string

func (name missing) Error() string { return string(name) }

var (
	pools      = map[string]*pool{}
	statements = map[string]*statement{}
	done       = reply{"code": 0}
	opened     = 0
)

func poolOf(a arguments) (*pool, error) {
	if found, ok := pools[a.DB]; ok {
		return found, nil
	}
	return nil, missing(a.DB)
}

func statementOf(a arguments) (*statement, error) {
	if found, ok := statements[a.Stmt]; ok {
		return found, nil
	}
	return nil, missing(a.Stmt)
}

func (s *statement) close() error {
	if s.rows != nil {
		return s.rows.Close()
	}
	return s.prepared.Close()
}

// A collection runs finalizers in a goroutine of its own: one that was set before it has run says that they have.
func collectGarbage() {
	for i := 0; i < 3; i++ {
		ran := make(chan bool)
		runtime.SetFinalizer(&struct{ _ [16]byte }{}, func(any) { close(ran) })
		runtime.GC()
		select {
		case <-ran:
		case <-time.After(time.Second):
		}
	}
}

func end() {
	for name, it := range statements {
		it.close()
		delete(statements, name)
	}
	for name, it := range pools {
		it.Close()
		delete(pools, name)
	}
}

func run(verb string, a arguments) (answer reply, err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			err = fmt.Errorf("panic: %v", panicked)
		}
	}()
	switch verb {
	case "connect":
		return connect(a)
	case "exec":
		_, err := execute(a)
		return done, err
	case "execute":
		result, err := execute(a)
		if err != nil {
			return nil, err
		}
		changed, err := result.RowsAffected()
		return reply{"value": encode(changed)}, err
	case "query":
		return rowsReply(a, encodeAll)
	case "types":
		return rowsReply(a, typesOf)
	case "query_row":
		rows, err := query(a, 1)
		if len(rows) == 0 {
			return reply{"done": 1}, err
		}
		return reply{"row": encodeAll(rows[0])}, err
	case "scope":
		return scope(a)
	case "carry":
		return carry(a)
	case "user_function":
		return userFunction(a)
	case "collect_garbage":
		collectGarbage()
		return done, nil
	case "end":
		end()
		return done, nil
	case "prepare", "start", "close", "drop_connection", "pool_stats", "last_insert_rowid":
		p, err := poolOf(a)
		if err != nil {
			return nil, err
		}
		return onPool(verb, a, p)
	}
	it, err := statementOf(a)
	if err != nil {
		return nil, err
	}
	return onStatement(verb, a, it)
}

func onPool(verb string, a arguments, p *pool) (reply, error) {
	switch verb {
	case "prepare":
		prepared, err := p.Prepare(a.SQL)
		if err == nil {
			statements[a.Stmt] = &statement{prepared: prepared}
		}
		return done, err
	case "start":
		rows, err := p.Query(a.SQL, bound(a)...)
		if err == nil {
			statements[a.Stmt] = &statement{rows: rows}
		}
		return done, err
	case "close":
		return done, p.Close()
	case "drop_connection":
		delete(pools, a.DB)
		return done, nil
	case "last_insert_rowid":
		return reply{"value": encode(p.rowid)}, nil
	}
	stats := p.Stats()
	row := []any{int64(stats.OpenConnections), int64(stats.InUse), int64(stats.Idle)}
	return reply{"row": encodeAll(row)}, nil
}

func onStatement(verb string, a arguments, it *statement) (reply, error) {
	switch verb {
	case "run":
		result, err := it.prepared.Exec(bound(a)...)
		if err != nil {
			return nil, err
		}
		changed, err := result.RowsAffected()
		return reply{"value": encode(changed)}, err
	case "step":
		if it.rows == nil {
			return nil, errors.New("a prepared statement has no rows: `start` begins a query")
		}
		if !it.rows.Next() {
			return reply{"done": 1}, it.rows.Err()
		}
		values, err := scan(it.rows)
		return reply{"row": encodeAll(values)}, err
	case "finalizer":
		runtime.SetFinalizer(it, func(it *statement) { it.close() })
		return done, nil
	case "drop_statement":
		delete(statements, a.Stmt)
		return done, nil
	case "finalize":
		delete(statements, a.Stmt)
		return done, it.close()
	}
	return nil, fmt.Errorf("no verb %s", verb)
}

func failed(err error) reply {
	var name missing
	var from sqlite3.Error
	switch {
	case errors.As(err, &name):
		return reply{"no_handle": string(name)}
	case errors.As(err, &from):
		return reply{"error": int(from.ExtendedCode), "message": from.Error()}
	case errors.Is(err, driver.ErrBadConn):
		return reply{"refused": "driver: bad connection"}
	}
	return reply{"refused": err.Error()}
}

func main() {
	// Requests come one after the other: more processors would only look for work.
	runtime.GOMAXPROCS(1)
	output := bufio.NewWriter(os.Stdout)
	say := func(it reply) {
		line, _ := json.Marshal(it)
		output.Write(append(line, '\n'))
		output.Flush()
	}
	_, _, sourceID := sqlite3.Version()
	say(reply{"ready": runtime.Version(), "source_id": sourceID})
	input := bufio.NewReader(os.Stdin)
	hasFailed := false
	for {
		line, err := input.ReadBytes('\n')
		if err != nil {
			return
		}
		request := struct {
			Verb         string
			Arguments    arguments
			AfterSuccess bool `json:"after_success"`
		}{Arguments: arguments{DB: "db", Stmt: "stmt"}}
		if err := json.Unmarshal(line, &request); err != nil {
			say(reply{"refused": err.Error()})
			continue
		}
		var answer reply
		if request.AfterSuccess && hasFailed {
			err = errors.New("after a failure")
		} else {
			answer, err = run(request.Verb, request.Arguments)
		}
		hasFailed = err != nil
		if hasFailed {
			answer = failed(err)
		}
		say(answer)
	}
}
