package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"time"

	sqlite3 "github.com/mattn/go-sqlite3"
)

type functions map[string]func(any) (any, error)

type pool struct {
	*sql.DB
	rowid     int64
	patience  time.Duration
	functions functions
}

// For how long a call of this pool waits: for ever, unless `patience` was set.
func (p *pool) wait() (context.Context, context.CancelFunc) {
	if p.patience == 0 {
		return context.WithCancel(context.Background())
	}
	return context.WithTimeout(context.Background(), p.patience)
}

func connect(a arguments) (reply, error) {
	made := &pool{functions: functions{}}
	text := func(value wire) string { return fmt.Sprint(decode(value)) }
	number := func(value wire) int { n, _ := strconv.Atoi(text(value)); return n }
	query := url.Values{}
	var limits []func(*sql.DB)
	for name, value := range a.Settings {
		n := number(value)
		switch name {
		case "max_open_conns":
			limits = append(limits, func(db *sql.DB) { db.SetMaxOpenConns(n) })
		case "max_idle_conns":
			limits = append(limits, func(db *sql.DB) { db.SetMaxIdleConns(n) })
		case "conn_max_lifetime":
			limits = append(limits, func(db *sql.DB) { db.SetConnMaxLifetime(time.Duration(n) * time.Millisecond) })
		case "patience":
			made.patience = time.Duration(n) * time.Millisecond
		default:
			query.Set(name, text(value))
		}
	}
	path := a.Path
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	opened++
	name := fmt.Sprint("sqlite3-", opened)
	hook := func(connection *sqlite3.SQLiteConn) error {
		for name, body := range made.functions {
			if err := connection.RegisterFunc(name, body, false); err != nil {
				return err
			}
		}
		return nil
	}
	sql.Register(name, &sqlite3.SQLiteDriver{ConnectHook: hook})
	db, err := sql.Open(name, path)
	if err != nil {
		return nil, err
	}
	for _, limit := range limits {
		limit(db)
	}
	made.DB = db
	if err := db.Ping(); err != nil {
		db.Close()
		return nil, err
	}
	pools[a.DB] = made
	return done, nil
}

func execute(a arguments) (sql.Result, error) {
	p, err := poolOf(a)
	if err != nil {
		return nil, err
	}
	ctx, cancel := p.wait()
	defer cancel()
	result, err := p.ExecContext(ctx, a.SQL, bound(a)...)
	if err == nil {
		p.rowid, _ = result.LastInsertId()
	}
	return result, err
}

func query(a arguments, most int) ([][]any, error) {
	p, err := poolOf(a)
	if err != nil {
		return nil, err
	}
	ctx, cancel := p.wait()
	defer cancel()
	rows, err := p.QueryContext(ctx, a.SQL, bound(a)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := [][]any{}
	for len(all) < most && rows.Next() {
		values, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, values)
	}
	return all, rows.Err()
}

func rowsReply(a arguments, shown func([]any) []any) (reply, error) {
	rows, err := query(a, math.MaxInt)
	encoded := [][]any{}
	for _, row := range rows {
		encoded = append(encoded, shown(row))
	}
	return reply{"rows": encoded}, err
}

// Runs SQL in a transaction, rolled back by a deferred call unless it was committed.
func scope(a arguments) (reply, error) {
	p, err := poolOf(a)
	if err != nil {
		return nil, err
	}
	tx, err := p.Begin()
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	for _, statement := range a.Statements {
		if _, err := tx.Exec(statement); err != nil {
			return nil, err
		}
	}
	if a.Raises {
		panic("raised inside the scope")
	}
	return done, tx.Commit()
}

func carry(a arguments) (reply, error) {
	p, err := poolOf(a)
	if err != nil {
		return nil, err
	}
	value := decode(a.Value)
	if a.Kind != "" {
		value = languageValue(a.Kind, value)
	}
	var stored, back any
	if err := p.QueryRow("SELECT typeof(v), v FROM (SELECT ? AS v)", value).Scan(&stored, &back); err != nil {
		return nil, err
	}
	return reply{"row": encodeAll([]any{stored, fmt.Sprintf("%T", back), back})}, nil
}

// Registered on every connection that the pool opens from now on; those that are open are closed.
func userFunction(a arguments) (reply, error) {
	p, err := poolOf(a)
	if err != nil {
		return nil, err
	}
	p.functions[a.Name] = map[string]func(any) (any, error){
		"echo":  func(value any) (any, error) { return value, nil },
		"type":  func(value any) (any, error) { return fmt.Sprintf("%T", value), nil },
		"raise": func(any) (any, error) { return nil, errors.New("raised by the function") },
		"nan":   func(any) (any, error) { return math.NaN(), nil },
	}[a.Does]
	p.SetMaxIdleConns(0)
	p.SetMaxIdleConns(2)
	return done, p.Ping()
}
