-- AlterTable
ALTER TABLE "Server" ADD COLUMN     "plainHttp" BOOLEAN NOT NULL DEFAULT false;
