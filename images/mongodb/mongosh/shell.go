package main

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/dop251/goja"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/connstring"
)

//go:embed prelude.js
var prelude string

type shell struct {
	uri    string
	client *mongo.Client
	engine *goja.Runtime
	out    io.Writer // the terminal, when there is one: it knows where the line being typed stands
	quit   func(code int)
}

func (s *shell) connect(credential *options.Credential) error {
	settings := options.Client().ApplyURI(s.uri).SetServerSelectionTimeout(5 * time.Second).SetAppName("mongosh")
	if credential != nil {
		settings.SetAuth(*credential)
	}
	client, err := mongo.Connect(settings)
	if err != nil {
		return err
	}
	if err := client.Ping(context.Background(), nil); err != nil {
		return err
	}
	if s.client != nil {
		_ = s.client.Disconnect(context.Background())
	}
	s.client = client
	return nil
}

// runCommand takes and gives canonical extended JSON: no type of BSON is lost on the way.
func (s *shell) runCommand(database, text string) (string, error) {
	var command bson.D
	if err := bson.UnmarshalExtJSON([]byte(text), false, &command); err != nil {
		return "", err
	}
	var answer bson.D
	if err := s.client.Database(database).RunCommand(context.Background(), command).Decode(&answer); err != nil {
		return "", err
	}
	document, err := bson.MarshalExtJSON(answer, true, false)
	return string(document), err
}

func (s *shell) authenticate(database, user, password string) error {
	return s.connect(&options.Credential{AuthSource: database, Username: user, Password: password})
}

func newShell(uri string) (*shell, error) {
	address, err := connstring.Parse(uri)
	if err != nil {
		return nil, err
	}
	if address.Database == "" {
		address.Database = "test"
	}
	s := &shell{uri: uri, engine: goja.New(), out: os.Stdout, quit: os.Exit}
	if err := s.connect(nil); err != nil {
		return nil, err
	}
	environment := map[string]string{}
	for _, pair := range os.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		environment[name] = value
	}
	s.engine.Set("host", map[string]any{
		"database": address.Database, "runCommand": s.runCommand, "authenticate": s.authenticate,
		"exit": func(code int) { s.quit(code) }, "newId": func() string { return bson.NewObjectID().Hex() },
		"write": func(text string) { fmt.Fprint(s.out, text) },
	})
	s.engine.Set("process", map[string]any{"env": environment})
	_, err = s.engine.RunScript("prelude.js", prelude)
	return s, err
}

// describe leaves out where in the prelude an error came through.
func describe(err error) string {
	if thrown, ok := err.(*goja.Exception); ok {
		return strings.TrimPrefix(thrown.Value().String(), "GoError: ")
	}
	return err.Error()
}

// show prints what an expression came to, unless that is nothing.
func (s *shell) show(value goja.Value) error {
	if goja.IsUndefined(value) {
		return nil
	}
	print, _ := goja.AssertFunction(s.engine.Get("print"))
	_, err := print(goja.Undefined(), value)
	return err
}

func (s *shell) evaluate(code string) error {
	handled, _ := goja.AssertFunction(s.engine.Get("shellCommand"))
	if done, err := handled(goja.Undefined(), s.engine.ToValue(code)); err != nil || done.ToBoolean() {
		return err
	}
	value, err := s.engine.RunString(code)
	if err != nil {
		return err
	}
	return s.show(value)
}
